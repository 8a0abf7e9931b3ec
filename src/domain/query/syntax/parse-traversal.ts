import type { Hop, Name, OptionalGroup, Step } from './ast';
import { takeAlias, takeSimpleName } from './names';
import { parseEntity } from './parse-entity';
import type { TokenReader } from './token-reader';

/** steps = { hop | optional } */
export function parseSteps(reader: TokenReader): readonly Step[] {
  const steps: Step[] = [];
  for (;;) {
    if (reader.isSymbol('(') && reader.isWord('that', 1)) steps.push(parseOptional(reader));
    else if (reader.isWord('that')) steps.push(parseHop(reader));
    else {
      reader.miss('THAT');
      return steps;
    }
  }
}

/** optional = "(" hop steps ")" "?" [ "AS" alias ] */
function parseOptional(reader: TokenReader): OptionalGroup {
  const from = reader.here;
  reader.expectSymbol('(');
  const steps = reader.nested(() => parseSteps(reader));
  reader.expectSymbol(')');
  reader.expectSymbol('?');
  const alias = takeAlias(reader);
  return { kind: 'optional', steps, alias, at: reader.since(from) };
}

/** hop = "THAT" [ "!" ] verbs { arrow | "AS" alias } selectors binding, with one arrow and one alias at most */
function parseHop(reader: TokenReader): Hop {
  const from = reader.here;
  reader.expectWord('that');
  const isNegated = reader.takeSymbol('!');
  const verbs = parseVerbs(reader);
  let direction: Hop['direction'] = 'any';
  let alias: Name | undefined;
  for (;;) {
    const found: Hop['direction'] = direction === 'any' ? takeArrow(reader) : 'any';
    if (found !== 'any') direction = found;
    else if (alias === undefined && (alias = takeAlias(reader)) !== undefined) continue;
    else break;
  }
  const entity = parseEntity(reader);
  return { kind: 'hop', isNegated, ...verbs, direction, alias, entity, at: reader.since(from) };
}

function takeArrow(reader: TokenReader): Hop['direction'] {
  if (reader.takeSymbol('>>')) return 'out';
  return reader.takeSymbol('<<') ? 'in' : 'any';
}

/** verbs = ( verb | "(" verb { "|" verb } ")" ) [ "TO" ] */
function parseVerbs(reader: TokenReader): Pick<Hop, 'verbs' | 'isListed'> {
  const isListed = reader.takeSymbol('(');
  const all = [parseVerb(reader)];
  if (isListed) {
    while (reader.takeSymbol('|')) all.push(parseVerb(reader));
    reader.expectSymbol(')');
  }
  reader.takeWord('to');
  // RELATES TO among others takes them all in.
  const verbs = all.filter((verb) => verb !== undefined);
  return { verbs: verbs.length < all.length ? [] : verbs, isListed };
}

/** verb = "RELATES" "TO" | NAME [ "TO" ]. Undefined for RELATES TO. */
function parseVerb(reader: TokenReader): Name | undefined {
  if (reader.takeWord('relates')) {
    reader.expectWord('to');
    return undefined;
  }
  const verb = takeSimpleName(reader, 'a verb') ?? reader.fail();
  reader.takeWord('to');
  return verb;
}
