/**
 * The service over HTTP: addresses, access, errors, the REST interface, health, metrics and the web
 * page. Every route is a class of its own, a {@link org.chorale.service.ServiceRoute}; {@link
 * org.chorale.service.ChoraleServer} binds what {@link org.chorale.service.ServiceRoutes} holds.
 */
package org.chorale.service;
