package org.chorale.acoustic;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Blocks of numbers of equal length, the first of them in memory, what comes after them in a
 * temporary file, of which a few blocks are kept at hand. So an hour stays in memory, and a day
 * takes no more of it. The file is read and written, not mapped: mapped pages would count as
 * memory. It has no name once it is open where the system allows that, and is gone with this object
 * or the process. Appended to by one thread; then read by any number.
 */
final class FrameStore implements Closeable {

  private static final int AT_HAND = 4;

  private final int blockLength;
  private final int blocksInMemory;
  private final Path folder;
  private final List<short[]> memory = new ArrayList<>();
  private final Map<Integer, short[]> recent = new LinkedHashMap<>(16, 0.75f, true);
  private ByteBuffer buffer;
  private FileChannel file;
  private int blocks;
  private volatile Block last = new Block(-1, new short[0]);

  @SuppressWarnings("ArrayRecordComponent") // read only, never compared
  private record Block(int index, short[] values) {}

  /**
   * An empty store.
   *
   * @param blockLength numbers a block
   * @param blocksInMemory how many blocks stay in memory
   * @param folder where the file goes, null for the system's temporary folder
   */
  FrameStore(int blockLength, int blocksInMemory, Path folder) {
    this.blockLength = blockLength;
    this.blocksInMemory = blocksInMemory;
    this.folder = folder;
  }

  /**
   * Appends a block.
   *
   * @param values at least a block's length; taken over where it stays in memory
   * @return whether the array was taken over, so that the caller needs a new one
   * @throws UncheckedIOException one sentence that says what to do, when the disk is full
   */
  boolean add(short[] values) {
    if (blocks < blocksInMemory) {
      memory.add(values);
      blocks++;
      return true;
    }
    try {
      if (file == null) {
        open();
      }
      buffer.clear();
      buffer.asShortBuffer().put(values, 0, blockLength);
      long at = offset(blocks);
      while (buffer.hasRemaining()) {
        at += file.write(buffer, at);
      }
    } catch (IOException e) {
      close();
      throw new UncheckedIOException(
          new IOException(
              "A long recording needs room in the temporary folder '%s' (%s); make room, or name"
                      .formatted(where(), e.getMessage())
                  + " another folder with CHORALE_JAVA_OPTS=-Djava.io.tmpdir=FOLDER.",
              e));
    }
    blocks++;
    return false;
  }

  private Path where() {
    return folder == null ? Path.of(System.getProperty("java.io.tmpdir", ".")) : folder;
  }

  private void open() throws IOException {
    buffer = ByteBuffer.allocateDirect(2 * blockLength);
    Path path = Files.createTempFile(where(), "chorale-", ".frames");
    try {
      file =
          FileChannel.open(
              path,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException e) {
      Files.deleteIfExists(path);
      throw e;
    }
  }

  private long offset(int block) {
    return 2L * blockLength * (block - blocksInMemory);
  }

  /** Number of blocks. */
  int blocks() {
    return blocks;
  }

  /** A block that was appended; not to be written to. */
  short[] block(int index) {
    if (index < memory.size()) {
      return memory.get(index);
    }
    Block known = last;
    return known.index() == index ? known.values() : fetched(index);
  }

  private synchronized short[] fetched(int index) {
    short[] values = recent.get(index);
    if (values == null) {
      values = new short[blockLength];
      read(index, values);
      recent.put(index, values);
      if (recent.size() > AT_HAND) {
        recent.remove(recent.keySet().iterator().next());
      }
    }
    last = new Block(index, values);
    return values;
  }

  private void read(int index, short[] values) {
    if (file == null || index < 0 || index >= blocks) {
      throw new IllegalArgumentException("block %d of %d".formatted(index, blocks));
    }
    try {
      buffer.clear();
      long at = offset(index);
      while (buffer.hasRemaining()) {
        int count = file.read(buffer, at);
        if (count < 0) {
          throw new EOFException("the temporary file is cut short");
        }
        at += count;
      }
      buffer.flip();
      buffer.asShortBuffer().get(values);
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException(
              "The temporary file in '%s' cannot be read (%s); try again with another folder:"
                      .formatted(where(), e.getMessage())
                  + " CHORALE_JAVA_OPTS=-Djava.io.tmpdir=FOLDER.",
              e));
    }
  }

  /** Removes the file; blocks in memory can still be read. */
  @Override
  public synchronized void close() {
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        // It is read no more, and gone with the process at the latest.
      }
      file = null;
    }
  }
}
