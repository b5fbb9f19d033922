package org.chorale.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.chorale.align.Alignment;
import org.chorale.audio.AudioInfo;
import org.chorale.audio.AudioSource;
import org.chorale.onnx.Device;
import org.chorale.text.DocumentReader;
import org.chorale.text.TextFile;
import org.chorale.text.TextFormat;
import org.junit.jupiter.api.Test;

/** The end of a run while items are under way. */
class SharedModelsTest {

  /** Tones of two seconds; the first read waits until it may go on. */
  private static final class SlowSource implements AudioSource {
    final CountDownLatch reading = new CountDownLatch(1);
    final CountDownLatch goOn = new CountDownLatch(1);
    private int left = 2 * SAMPLE_RATE;

    @Override
    public int read(float[] buffer, int offset, int length) {
      reading.countDown();
      try {
        goOn.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      int count = Math.min(length, left);
      for (int i = 0; i < count; i++) {
        buffer[offset + i] = (float) (0.3 * Math.sin((left - i) * 0.1));
      }
      left -= count;
      return count == 0 ? -1 : count;
    }

    @Override
    public int channels() {
      return 1;
    }

    @Override
    public AudioInfo info() {
      return new AudioInfo("slow", SAMPLE_RATE, 1, 2);
    }

    @Override
    public void close() {}
  }

  @Test
  void modelsOutliveTheItemsThatUseThem() throws Exception {
    SharedModels models = new SharedModels(Path.of("models"), null, 1, Device.cpu());
    var document =
        new DocumentReader().parse(new TextFile("t", TextFormat.PLAIN, "two or three words"), "en");
    SlowSource source = new SlowSource();
    CompletableFuture<Alignment> item =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return models.align("speech", source, document);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    source.reading.await();
    CompletableFuture<Void> end = CompletableFuture.runAsync(models::close);
    Thread.sleep(200);
    assertThat(end).isNotDone();
    source.goOn.countDown();
    assertThat(item.get().words()).hasSize(4);
    end.get();
    assertThatThrownBy(() -> models.align("speech", source, document))
        .isInstanceOf(IOException.class)
        .hasMessage("The run has ended.");
  }
}
