// The empty Elysia app, `empty PORT`: compiled, it is the yardstick for how soon the gateway's port answers.
import { Elysia } from "elysia";

new Elysia().get("/", "ok").listen({ hostname: "127.0.0.1", port: Number(Bun.argv[2]) });
