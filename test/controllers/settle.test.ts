import { describe, expect, it } from 'vitest';
import type { Controller } from '../../shared/controllers/controller.ts';
import { settle } from '../../shared/controllers/settle.ts';

/** Does a piece of work for each given type that it follows, which writes another. */
const controller = (name: string, from: string, to: string | undefined, log: string[], written: Set<string>) => {
  const settleOne: Controller['settle'] = async ({ types } = {}) => {
    const worked = types === undefined || types.has(from);
    if (worked) log.push(name);
    if (worked && to !== undefined) written.add(to);
    return { worked, failing: new Map(worked && to === undefined ? [['key', 'cannot']] : []) };
  };
  return { name, settle: settleOne } as Controller; // only this is asked of it
};

describe('settle', () => {
  const world = () => {
    const log: string[] = [];
    let written = new Set<string>();
    const take = () => {
      const taken = written;
      written = new Set();
      return taken;
    };
    const add = { add: (type: string) => written.add(type) } as Set<string>;
    return { log, take, add };
  };

  it('goes on as long as something follows, with what was written only', async () => {
    const { log, take, add } = world();
    const chain = [controller('one', 'a', 'b', log, add), controller('two', 'b', 'c', log, add)];
    expect([...(await settle(chain, take, new Set(['a'])))]).toEqual([]);
    expect(log).toEqual(['one', 'two']);
  });

  it('goes on with the others where one cannot see what there is, and says so', async () => {
    const { log, take, add } = world();
    const blind = { name: 'blind', settle: () => Promise.reject(new Error('the list is away')) } as Partial<Controller>;
    const chain = [blind as Controller, controller('one', 'a', 'b', log, add), controller('two', 'b', 'c', log, add)];
    expect([...(await settle(chain, take, new Set(['a'])))]).toEqual([['blind', 'Error: the list is away']]);
    expect(log).toEqual(['one', 'two']);
  });

  it('does nothing about types that nobody follows', async () => {
    const { log, take, add } = world();
    await settle([controller('one', 'a', 'b', log, add)], take, new Set(['z']));
    expect(log).toEqual([]);
  });

  it('says what could not be done, and by whom', async () => {
    const { log, take, add } = world();
    expect([...(await settle([controller('one', 'a', undefined, log, add)], take))]).toEqual([['one key', 'cannot']]);
  });

  it('ends a quarrel', async () => {
    const { log, take, add } = world();
    const quarrel = [controller('one', 'a', 'b', log, add), controller('two', 'b', 'a', log, add)];
    expect([...(await settle(quarrel, take, new Set(['a']))).keys()]).toEqual(['settling']);
  });
});
