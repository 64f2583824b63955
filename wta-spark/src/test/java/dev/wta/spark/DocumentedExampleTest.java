package dev.wta.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.TrainOnEmbeddings;
import dev.wta.models.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in docs/spark.md. */
class DocumentedExampleTest {
  @TempDir private Path folder;

  @Test
  void thePageHasTheProgram() throws IOException {
    String program = Files.readString(Path.of("src/test/java/com/example/TrainOnEmbeddings.java"));
    assertThat(Files.readString(Path.of("../docs/spark.md")))
        .contains("```java\n" + program + "```\n");
  }

  @Test
  void itTrainsEncodesAndSaves() throws IOException {
    String embeddings = folder.resolve("embeddings.parquet").toString();
    Trainings.frame(Sessions.local(), 2)
        .withColumnRenamed("features", "embedding")
        .write()
        .parquet(embeddings);
    TrainOnEmbeddings.main(new String[] {embeddings, folder.toString()});
    assertThat(RunDirectory.open(folder.resolve("model")).config().family()).isEqualTo("topk");
    Dataset<Row> codes = Sessions.local().read().parquet(folder.resolve("codes").toString());
    assertThat(codes.count()).isEqualTo(Trainings.SAMPLES);
    assertThat(codes.first().<Row>getAs("code").getList(0)).hasSizeBetween(1, 8);
  }
}
