/** Spoken words to the tokens of a foreign model: what pronunciation is to phones. */
package org.chorale.spelling;
