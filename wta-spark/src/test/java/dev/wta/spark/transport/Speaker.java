package dev.wta.spark.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A rank that a test plays itself, byte by byte. */
final class Speaker {
  private Speaker() {}

  /** Connects as a rank to another, by the protocol as its documentation has it. */
  static Socket connect(InetSocketAddress address, StageSecret.Stage stage, int client, int server)
      throws IOException {
    Socket socket = new Socket(address.getAddress(), address.getPort());
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    DataInputStream in = new DataInputStream(socket.getInputStream());
    byte[] nonce = StageSecret.nonce();
    out.writeInt(37);
    out.writeByte(Frames.HELLO);
    out.writeInt(client);
    out.write(nonce);
    assertThat(in.readInt()).isEqualTo(65);
    assertThat(in.readByte()).isEqualTo(Frames.CHALLENGE);
    StageSecret.Link link =
        new StageSecret.Link(
            stage.attempt(), client, server, nonce, in.readNBytes(StageSecret.NONCE));
    assertThat(
            stage.secret().proves(in.readNBytes(StageSecret.PROOF), StageSecret.Role.SERVER, link))
        .isTrue();
    out.writeInt(33);
    out.writeByte(Frames.PROOF);
    out.write(stage.secret().proof(StageSecret.Role.CLIENT, link));
    assertThat(in.readInt()).isEqualTo(1);
    assertThat(in.readByte()).isEqualTo(Frames.WELCOME);
    return socket;
  }
}
