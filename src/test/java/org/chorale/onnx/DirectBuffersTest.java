package org.chorale.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Memory of runs is used again. */
class DirectBuffersTest {

  private final DirectBuffers buffers = new DirectBuffers();

  @Test
  void whatWasGivenBackIsLentAgain() {
    ByteBuffer first = buffers.lend(100_000);
    assertThat(first.isDirect()).isTrue();
    assertThat(first.order()).isEqualTo(ByteOrder.nativeOrder());
    assertThat(first.remaining()).isEqualTo(100_000);
    first.position(7);
    buffers.giveBack(first);
    ByteBuffer again = buffers.lend(131_072);
    assertThat(again).isSameAs(first);
    assertThat(again.remaining()).isEqualTo(131_072);
    assertThat(again.order()).isEqualTo(ByteOrder.nativeOrder());
    assertThat(buffers.lend(100_000)).isNotSameAs(first);
  }

  @Test
  void noMoreAreMadeThanAreInUseAtTheSameTime() {
    List<ByteBuffer> seen = new ArrayList<>();
    for (int run = 0; run < 1_000; run++) {
      ByteBuffer a = buffers.lend(70_000 + run);
      ByteBuffer b = buffers.lend(70_000);
      for (ByteBuffer lent : List.of(a, b)) {
        if (seen.stream().noneMatch(s -> s == lent)) {
          seen.add(lent);
        }
      }
      buffers.giveBack(a);
      buffers.giveBack(b);
    }
    assertThat(seen).hasSize(2);
  }

  @Test
  void anySizeIsLent() {
    for (int bytes : new int[] {0, 1, 4_095, 4_096, 4_097, 1 << 20, (1 << 20) + 1}) {
      ByteBuffer lent = buffers.lend(bytes);
      assertThat(lent.remaining()).isEqualTo(bytes);
      assertThat(lent.capacity()).isLessThanOrEqualTo(Math.max(4_096, 2 * bytes));
      buffers.giveBack(lent);
    }
  }
}
