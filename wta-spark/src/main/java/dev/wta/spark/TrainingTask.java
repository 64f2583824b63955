package dev.wta.spark;

import dev.wta.data.Dataset;
import dev.wta.spark.transport.Limits;
import dev.wta.spark.transport.NettyRanks;
import dev.wta.spark.transport.StageSecret;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;

/**
 * One rank of a training, as a task of a barrier stage: it keeps its samples, finds its peers, and
 * trains with them.
 */
final class TrainingTask
    extends AbstractFunction1<Iterator<Tuple2<Long, float[][]>>, Iterator<String>>
    implements Serializable {
  private final TrainingJob job;
  private final StageSecret secret;
  private final Limits limits;
  private final Broadcast<SerializableConfiguration> conf;
  private final LongAccumulator steps;

  /**
   * @param secret of this stage alone
   * @param conf of Hadoop
   * @param steps counts the steps, on the first rank
   */
  TrainingTask(
      TrainingJob job,
      StageSecret secret,
      Limits limits,
      Broadcast<SerializableConfiguration> conf,
      LongAccumulator steps) {
    this.job = job;
    this.secret = secret;
    this.limits = limits;
    this.conf = conf;
    this.steps = steps;
  }

  /**
   * Trains.
   *
   * @param rows of this rank, with their numbers, ascending: samples, and a transcoder's targets
   * @return the path of the model, on every rank
   */
  @Override
  public Iterator<String> apply(Iterator<Tuple2<Long, float[][]>> rows) {
    BarrierTaskContext context = BarrierTaskContext.get();
    int rank = context.partitionId();
    String host = host(context, rank);
    try (NettyRanks ofSamples = listen(context, host);
        NettyRanks ofSteps = listen(context, host);
        SampleShare share =
            SampleShare.of(CollectionConverters.asJava(rows), job.columns(), folder())) {
      // A rank that has stored its samples publishes its address, and receives the others'.
      String own =
          "%s %d %d".formatted(host, ofSamples.address().getPort(), ofSteps.address().getPort());
      boolean alone = context.getTaskInfos().length == 1; // Spark asks for answers once a second
      String[] addresses = alone ? new String[] {own} : context.allGather(own);
      ofSamples.join(addresses(addresses, 1));
      ofSteps.join(addresses(addresses, 2));
      String model = train(ofSamples, ofSteps, share, context.cpus());
      return CollectionConverters.asScala(List.of(model).iterator());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private String train(NettyRanks ofSamples, NettyRanks ofSteps, SampleShare share, int threads)
      throws IOException {
    try {
      List<Dataset> columns = new ArrayList<>();
      for (String column : job.columns()) {
        columns.add(new ExchangedSamples(column, ofSamples, share, columns.size()));
      }
      return job.train(
          columns.getFirst(),
          columns.stream().skip(1).findFirst(),
          ofSteps,
          threads,
          conf.value().value(),
          () -> steps.add(1));
    } catch (Throwable failed) { // whatever Spark then says of the others, they name this reason
      ofSteps.giveUp(failed);
      ofSamples.giveUp(failed);
      throw failed;
    }
  }

  private NettyRanks listen(BarrierTaskContext context, String host) {
    return NettyRanks.listen(
        host,
        context.partitionId(),
        context.getTaskInfos().length,
        new StageSecret.Stage(secret, context.stageAttemptNumber()),
        limits,
        context::isInterrupted);
  }

  /** The host that Spark knows this task's executor by. */
  private static String host(BarrierTaskContext context, int rank) {
    String address = context.getTaskInfos()[rank].address();
    return address.substring(0, address.lastIndexOf(':')).replaceAll("[\\[\\]]", "");
  }

  private static List<InetSocketAddress> addresses(String[] texts, int port) {
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (String one : texts) {
      String[] words = one.split(" ");
      addresses.add(new InetSocketAddress(words[0], Integer.parseInt(words[port])));
    }
    return addresses;
  }

  /** Where Spark keeps files of this executor. */
  private static Path folder() {
    return Arrays.stream(SparkEnv.get().blockManager().diskBlockManager().localDirs())
        .findFirst()
        .orElseThrow()
        .toPath();
  }
}
