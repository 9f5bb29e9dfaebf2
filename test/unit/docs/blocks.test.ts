import { blocksOf, documents } from '../../docs/markdown.ts';
import { documentsFor, printedPattern, shellUse, stepsOf } from '../../docs/shell-block.ts';
import { openWorkspace } from '../../docs/workspace.ts';
import type { Workspace } from '../../docs/workspace.ts';

const shellBlocks = documents().flatMap((file) => blocksOf(file).filter(({ language }) => language === 'sh'));

describe('a block of commands', () => {
  it('is fenced as sh, whatever shell a reader has', () => {
    const others = documents()
      .flatMap(blocksOf)
      .filter(({ language }) => ['', 'bash', 'shell', 'console', 'shellsession', 'zsh'].includes(language));
    expect(others.map(({ file, line }) => `${file}:${line}`)).toEqual([]);
  });

  it('is run by a test, or is in this list with the reason why not', () => {
    const unrun = shellBlocks.flatMap((block) => {
      const use = shellUse(block);
      return use.runs === 'never' ? [`${block.file}: ${use.reason}`] : [];
    });
    expect(unrun).toEqual([
      'README.md: needs the network for packages',
      'README.md: stays up until Ctrl-C; test/integration/demo.test.ts runs it with ONCE=1',
      'README.md: needs root, stays up until Ctrl-C; test/mesh/demo.test.ts runs it, with and without ONCE=1',
      'README.md: needs Docker, a registry and a cluster',
      'README.md: takes minutes; CI is this very command',
      'docs/how-to/argo-rollouts.md: needs a cluster in which a rollout runs',
      'docs/how-to/audit-callers.md: needs the pods of an app in a mesh',
      'docs/how-to/audit-callers.md: needs the pods of an app in a mesh',
      'docs/how-to/client-certificates.md: needs a cluster',
      'docs/how-to/client-certificates.md: needs a gateway; test/unit/cli/route-test/live.test.ts runs it against a server of its own',
      'docs/how-to/move-and-delete.md: only where no operator runs any more',
      'docs/how-to/test-routes.md: needs a gateway; test/unit/cli/route-test/live.test.ts runs it against servers of its own',
      'hack/kind/README.md: needs Docker and kind',
    ]);
  });
});

describe('what a block is said to print', () => {
  it('is compared word by word; … stands for anything in its line, or for any lines', () => {
    const says = printedPattern('a  …  c\n…\n(end)\n');
    expect(['a  b  c\n(end)\n', 'a  b  c\n1\n2\n(end)\n'].map((text) => says.test(text))).toEqual([true, true]);
    expect(['a  b\n(end)\n', 'a  b  c\nend\n', 'a  b  c\n'].map((text) => says.test(text))).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('every block that needs no cluster', () => {
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await openWorkspace();
  });
  afterEach(() => {
    workspace.remove();
  });

  it.each(documentsFor('unit'))('does and prints what %s says', async (file) => {
    const { said, seen } = await workspace.follow(stepsOf(file), 'unit');
    expect(seen).toEqual(said);
  });
});
