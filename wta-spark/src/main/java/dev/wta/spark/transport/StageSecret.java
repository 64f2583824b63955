package dev.wta.spark.transport;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the ranks of one training stage know, and nobody else: made by the driver, and brought to
 * each rank in its task. A proof is {@code HMAC-SHA256(secret, role, attempt, client's rank,
 * server's rank, client's nonce, server's nonce)}; whoever has seen one cannot use it again, in the
 * other direction or in another attempt of the stage.
 */
public final class StageSecret implements Serializable {
  static final int NONCE = 32;
  static final int PROOF = 32;
  private static final int BYTES = 32;
  private static final String HMAC = "HmacSHA256";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final byte[] bytes;

  private StageSecret(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A new one. */
  public static StageSecret random() {
    return new StageSecret(random(BYTES));
  }

  /** A number that is used once. */
  static byte[] nonce() {
    return random(NONCE);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  /**
   * What the ranks of one attempt of a stage know.
   *
   * @param attempt from 0; peers of another one are turned away
   */
  public record Stage(StageSecret secret, int attempt) {}

  /** Who proves it. */
  enum Role {
    CLIENT((byte) 1),
    SERVER((byte) 2);

    private final byte code;

    Role(byte code) {
      this.code = code;
    }
  }

  /** A connection between two ranks, which a proof holds for alone. */
  static final class Link {
    private final int client;
    private final byte[] bytes;

    /**
     * @param attempt of the stage
     * @param client the rank that connected
     * @param server the rank that it connected to
     */
    Link(int attempt, int client, int server, byte[] clientNonce, byte[] serverNonce) {
      this.client = client;
      bytes =
          ByteBuffer.allocate(3 * Integer.BYTES + 2 * NONCE)
              .putInt(attempt)
              .putInt(client)
              .putInt(server)
              .put(clientNonce)
              .put(serverNonce)
              .array();
    }

    /** The rank that connected. */
    int client() {
      return client;
    }
  }

  /** That {@code role} of a connection knows the secret. */
  byte[] proof(Role role, Link link) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(bytes, HMAC));
      mac.update(role.code);
      return mac.doFinal(link.bytes);
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("every JDK has " + HMAC, missing);
    }
  }

  /** Whether a proof is right; takes as long for a wrong one. */
  boolean proves(byte[] proof, Role role, Link link) {
    return MessageDigest.isEqual(proof, proof(role, link));
  }

  /** Does not show the secret. */
  @Override
  public String toString() {
    return "secret of a stage";
  }
}
