/**
 * Archives: many recordings aligned in one job that never loses an item. A job is an event-sourced
 * actor that hands out work and keeps what became of it; workers, on this node or on others of a
 * cluster, pull items and run them through a stream of stages with bounded memory.
 */
package org.chorale.batch;
