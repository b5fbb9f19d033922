package org.chorale.onnx;

/** What executes the operators of a model, and how many items it likes at a time. */
enum ExecutionProvider {
  /** The CPU: its threads are busy with one item, so that more at a time would gain nothing. */
  CPU(1),

  /** A CUDA device: one window does not fill it. */
  CUDA(8);

  private final int batchSize;

  ExecutionProvider(int batchSize) {
    this.batchSize = batchSize;
  }

  /** Items of equal length to run at a time, at least 1. */
  int batchSize() {
    return batchSize;
  }
}
