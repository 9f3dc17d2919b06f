// The requests of the load client: each is prepared once, patched in place for a call, and its reply checked.
import type { Reply } from "./response.ts";
import { message, unexpected } from "./session.ts";
import { post } from "./wire.ts";

export interface Work {
  /** The request with this id; valid until the next one. */
  request(id: number): Buffer;
  /** Throws unless the reply carries this id and what was asked for. */
  check(reply: Reply, id: number): void;
}

/** Ids have seven digits, so that patching one moves nothing. All sessions use the same ones: a mix-up would show. */
export const firstId = 1_000_000;

const line = "It was the best of times, it was the worst of times, it was..\\n";

export interface EchoOptions {
  client: number;
  bytes: number;
  /** What the tool is called (echo). */
  tool?: string | undefined;
  /** Members of the parameters, each with a comma. */
  more?: string;
}

/** Calls echo with a text of this many bytes that begins with a stamp of the client and the call. */
export function echoWork(url: URL, headers: string, options: EchoOptions): Work {
  const { tool = "echo", more = "" } = options;
  const stamp = `client ${options.client} call ${firstId}.`;
  const rest = options.bytes - stamp.length;
  const text = stamp + line.repeat(rest / line.length).padEnd(rest, ".");
  const request = post(
    url,
    headers,
    `{"jsonrpc":"2.0","id":${firstId},"method":"tools/call","params":{${more}"name":"${tool}","arguments":{"text":"${text}"}}}`,
  );
  const idAt = request.indexOf(`"id":${firstId}`) + '"id":'.length;
  const textAt = request.indexOf(stamp);
  const sent = request.subarray(textAt, textAt + text.length);
  const sentStamp = sent.subarray(0, stamp.length);
  return {
    request(id) {
      request.write(String(id), idAt, "latin1");
      request.write(String(id), textAt + stamp.length - String(id).length - 1, "latin1");
      return request;
    },
    check(reply, id) {
      // The payload is compared as bytes and cut out; only what is left is parsed.
      const at = reply.body.indexOf(sentStamp);
      const end = at + sent.length;
      if (at < 0 || !sent.equals(reply.body.subarray(at, end))) throw unexpected(reply);
      const left = message(
        reply.body.toString("latin1", 0, at) + reply.body.toString("latin1", end, reply.body.length),
      );
      const cut = JSON.stringify(left.result?.content);
      if (left.id !== id || cut !== '[{"type":"text","text":""}]') throw unexpected(reply);
    },
  };
}

/** Lists this many tools. The first reply is parsed and counted; the others must weigh the same and carry their id. */
export function listWork(url: URL, headers: string, tools: number): Work {
  const request = post(url, headers, `{"jsonrpc":"2.0","id":${firstId},"method":"tools/list"}`);
  const idAt = request.indexOf(`"id":${firstId}`) + '"id":'.length;
  let bytes = 0;
  return {
    request(id) {
      request.write(String(id), idAt, "latin1");
      return request;
    },
    check(reply, id) {
      if (bytes === 0) {
        const listed = message(reply.body.toString()).result?.tools;
        if (!Array.isArray(listed) || listed.length !== tools) throw unexpected(reply);
        bytes = reply.body.length;
      }
      if (reply.body.length !== bytes || !reply.body.includes(`"id":${id}`)) throw unexpected(reply);
    },
  };
}
