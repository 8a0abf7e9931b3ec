import { checkQuery } from './check-query';
import type { Query } from './syntax/ast';

/** Characters of all texts kept; a tree takes some hundred bytes for each at most. */
const keptCharacters = 64 * 1024;
const longestKept = 4 * 1024;

/** Trees of the texts that were asked for last: clients ask the same again and again, and once for each page. */
export class CheckedQueries {
  /** In the order of their use. */
  private readonly kept = new Map<string, Query>();
  private characters = 0;

  /** @throws QueryError as `checkQuery` does */
  read(text: string): Query {
    const known = this.kept.get(text);
    if (known) this.kept.delete(text);
    const query = known ?? checkQuery(text);
    if (text.length > longestKept) return query;
    this.kept.set(text, query);
    if (!known) this.makeRoom(text.length);
    return query;
  }

  private makeRoom(characters: number): void {
    this.characters += characters;
    for (const oldest of this.kept.keys()) {
      if (this.characters <= keptCharacters) return;
      this.kept.delete(oldest);
      this.characters -= oldest.length;
    }
  }
}
