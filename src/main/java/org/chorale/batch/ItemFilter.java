package org.chorale.batch;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Set;

/**
 * Which items of a manifest a run is about. Those that are left out are neither done nor reported.
 *
 * @param only globs of ids; empty for all
 * @param exclude globs of ids that are left out
 * @param languages of items as the manifest names them; empty for all
 * @param limit the most, 0 for no limit
 */
public record ItemFilter(
    List<String> only, List<String> exclude, Set<String> languages, int limit) {

  /** Takes immutable copies. */
  public ItemFilter {
    only = List.copyOf(only);
    exclude = List.copyOf(exclude);
    languages = Set.copyOf(languages);
  }

  /** The items that are left, in order; of lines that are none, those whose name fits. */
  public Manifest apply(Manifest manifest) {
    List<PathMatcher> in = only.stream().map(ItemFilter::glob).toList();
    List<PathMatcher> out = exclude.stream().map(ItemFilter::glob).toList();
    List<BatchItem> items =
        manifest.items().stream()
            .filter(i -> named(i.id(), in, out))
            .filter(i -> languages.isEmpty() || languages.contains(i.language()))
            .limit(limit == 0 ? Long.MAX_VALUE : limit)
            .toList();
    List<Manifest.Rejected> rejected =
        manifest.rejected().stream().filter(r -> named(r.id(), in, out)).toList();
    return new Manifest(items, rejected);
  }

  private static boolean named(String id, List<PathMatcher> in, List<PathMatcher> out) {
    Path path = Path.of(id);
    return (in.isEmpty() || in.stream().anyMatch(m -> m.matches(path)))
        && out.stream().noneMatch(m -> m.matches(path));
  }

  private static PathMatcher glob(String pattern) {
    // '*' shall mean any id, those in folders, too.
    String glob =
        pattern.contains("/") || pattern.contains("**") ? pattern : pattern.replace("*", "**");
    return FileSystems.getDefault().getPathMatcher("glob:" + glob);
  }
}
