/** The requests that the mesh demo sends, each beside what `explain` says of it. */
import type { Client } from '../../../test/testbed/mesh/client.ts';
import type { Answer } from '../../../test/testbed/mesh/request.ts';
import { foretell, wordsFor } from './answers.ts';
import { explain } from './explain.ts';
import { host, serviceHost } from './stage.ts';
import type { Stage } from './stage.ts';

/** A request and who sends it. */
type Question = {
  /** In words. */
  readonly from: string;
  readonly url: string;
  /** NAMESPACE/SERVICEACCOUNT of a caller in the mesh. */
  readonly caller?: string;
  readonly send: (url: URL, path: string) => Promise<Answer>;
};

/** What was asked, what was foretold and what came. */
export type Row = {
  readonly from: string;
  readonly request: string;
  readonly foretold: string;
  readonly came: string;
  readonly agrees: boolean;
};

function questions({ mesh, ca, shop, checkout, blog, stranger }: Stage): readonly Question[] {
  const outside: Question['send'] = ({ protocol, host: authority }, path) => {
    const tls = protocol === 'https:' ? { tls: { sni: host, ca } } : {};
    return mesh.request({ host: authority, path, ...tls });
  };
  const inside =
    (pod: Client, to: string): Question['send'] =>
    ({ host: authority }, path) =>
      pod.request({ to, host: authority, path });
  const internal = { url: `http://${serviceHost}/` };
  return [
    { from: 'the internet', url: `https://${host}/cart`, send: outside },
    { from: 'the internet', url: `https://${host}/cart/%2e%2e/item?id=7`, send: outside },
    { from: 'the internet', url: `http://${host}/cart?id=7`, send: outside },
    { from: 'the internet', url: 'http://shop.example.org/', send: outside },
    { from: 'checkout', ...internal, caller: 'shop/checkout', send: inside(checkout, 'shop.shop:80') },
    { from: 'blog', ...internal, caller: 'shop/blog', send: inside(blog, 'shop.shop:80') },
    { from: 'stranger, in plaintext', ...internal, send: inside(stranger, `${shop.address}:8080`) },
  ];
}

/** Asks and sends all of them; `file` holds the AppTraffic. */
export function askAll(stage: Stage, file: string): Promise<readonly Row[]> {
  return Promise.all(
    questions(stage).map(async ({ from, url, caller, send }) => {
      // The path as it is written: a URL would clean it up.
      const [, path = '/'] = /^\w+:\/\/[^/]+(\/.*)$/.exec(url) ?? [];
      const [decision, answer] = await Promise.all([explain(file, url, caller), send(new URL(url), path)]);
      const { text, wordings } = foretell(decision);
      const came = wordsFor(answer);
      return { from, request: `GET ${url}`, foretold: text, came, agrees: wordings.includes(came) };
    }),
  );
}
