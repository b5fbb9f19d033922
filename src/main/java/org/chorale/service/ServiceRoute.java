package org.chorale.service;

import akka.http.javadsl.server.Route;

/** One concern of the service: the requests that it answers. Others are passed on. Thread-safe. */
@FunctionalInterface
public interface ServiceRoute {

  /** The route; it rejects what is not its own. */
  Route route();
}
