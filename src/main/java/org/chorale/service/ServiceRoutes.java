package org.chorale.service;

import java.util.ArrayList;
import java.util.List;

/**
 * Everything that the service answers. Immutable.
 *
 * @param open what anybody may ask for without a token: the page, its files, health, the
 *     description of the interface
 * @param guarded what goes through {@link AccessPolicy}, WebSocket upgrades included
 */
public record ServiceRoutes(List<ServiceRoute> open, List<ServiceRoute> guarded) {

  /** Takes immutable copies. */
  public ServiceRoutes {
    open = List.copyOf(open);
    guarded = List.copyOf(guarded);
  }

  /** The same with one more guarded route, such as a WebSocket. */
  public ServiceRoutes withGuarded(ServiceRoute route) {
    List<ServiceRoute> more = new ArrayList<>(guarded);
    more.add(route);
    return new ServiceRoutes(open, more);
  }
}
