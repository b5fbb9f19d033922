package org.chorale.acoustic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrameStoreTest {

  @TempDir private Path folder;

  private long files() throws Exception {
    try (Stream<Path> list = Files.list(folder)) {
      return list.count();
    }
  }

  private static short[] numbers(int block) {
    short[] out = new short[50];
    for (int i = 0; i < out.length; i++) {
      out[i] = (short) (block * 31 + i);
    }
    return out;
  }

  @Test
  void blocksComeBackFromMemoryAndFileInAnyOrder() throws Exception {
    try (FrameStore store = new FrameStore(50, 3, folder)) {
      for (int b = 0; b < 20; b++) {
        assertThat(store.add(numbers(b))).isEqualTo(b < 3);
      }
      assertThat(store.blocks()).isEqualTo(20);
      Random random = new Random(1);
      for (int i = 0; i < 500; i++) {
        int b = random.nextInt(20);
        assertThat(store.block(b)).isEqualTo(numbers(b));
      }
    }
    assertThat(files()).isZero();
  }

  @Test
  void manyThreadsReadTheSameNumbers() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try (FrameStore store = new FrameStore(50, 1, folder)) {
      for (int b = 0; b < 12; b++) {
        store.add(numbers(b));
      }
      List<Future<Boolean>> answers = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        Random random = new Random(t);
        answers.add(
            pool.submit(
                () -> {
                  boolean right = true;
                  for (int i = 0; i < 2000; i++) {
                    int b = random.nextInt(12);
                    right &= store.block(b)[b] == numbers(b)[b];
                  }
                  return right;
                }));
      }
      for (Future<Boolean> answer : answers) {
        assertThat(answer.get()).isTrue();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void noRoomIsOneSentenceThatSaysWhatToDo() {
    Path missing = folder.resolve("missing");
    try (FrameStore store = new FrameStore(50, 0, missing)) {
      assertThatThrownBy(() -> store.add(numbers(0)))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining(missing.toString())
          .hasMessageContaining("make room");
    }
  }

  @Test
  void emissionsAreTheSameWhereverTheyLie() throws Exception {
    Random random = new Random(4);
    int frames = 4096 * 3 + 100;
    float[] values = new float[frames * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = -30 * random.nextFloat();
    }
    Emissions.Builder inMemory = new Emissions.Builder(3);
    Emissions.Builder inFile = new Emissions.Builder(3, 0, folder);
    inMemory.add(values, frames);
    inFile.add(values, frames);
    try (Emissions expected = inMemory.build(frames);
        Emissions emissions = inFile.build(frames)) {
      float[] a = new float[3];
      float[] b = new float[3];
      for (int i = 0; i < 5000; i++) {
        int t = random.nextInt(frames);
        expected.copyFrame(t, a);
        emissions.copyFrame(t, b);
        assertThat(b).isEqualTo(a);
        assertThat(emissions.get(t, 1)).isEqualTo(a[1]);
      }
    }
    assertThat(files()).isZero();
  }
}
