// The Dockerfile, held against itself and the program, and its build stage run without Docker; and what docs/docker.md shows.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { $, Glob } from "bun";
import { validate } from "dockerfile-utils";
import { parseAllDocuments } from "yaml";
import { platformOf } from "../../build/platform.ts";
import { dependencies, version } from "../../package.json";
import { folder, run } from "../fixtures/command.ts";
import { root } from "../fixtures/gateway.ts";
import { copied, dockerfile, dockerfileText, readImage } from "../fixtures/image.ts";
import { blocksOf } from "../fixtures/markdown.ts";

const image = readImage();
const stages = dockerfile.getFROMs();

/** What .dockerignore lets through. */
const context = readFileSync(join(root, ".dockerignore"), "utf8").match(/(?<=^!).+$/gm) ?? [];

/** All of the source, where variables of the environment are named. */
const source = [...new Glob("src/**/*.ts").scanSync(root)].map((path) => readFileSync(join(root, path), "utf8")).join();

describe("the Dockerfile", () => {
  test("passes its linter", () => {
    expect(validate(dockerfileText)).toEqual([]);
  });

  test("copies what the context has, and from stages that come before", () => {
    const names = stages.map((stage) => stage.getBuildStage());
    for (const { from, sources } of dockerfile.getCOPYs().map(copied)) {
      if (from !== undefined) expect(names).toContain(from);
      else for (const path of sources) expect(context).toContain(path);
    }
    for (const path of context) expect(existsSync(join(root, path))).toBe(true);
  });

  test("ends in a base without a shell, and so has no command that needs one", () => {
    expect(stages.at(-1)?.getImage()).toBe("gcr.io/distroless/base-nossl-debian12:nonroot");
    for (const words of [image.entrypoint, image.command, image.healthcheck]) expect(words.length).toBeGreaterThan(0);
    expect(image.healthcheck[0]).toBe(image.entrypoint[0] ?? "");
    expect(image.copies.map(({ destination }) => destination)).toContain(image.entrypoint[0] ?? "");
  });

  test("runs as a user by number, as Kubernetes wants it, who is not root", () => {
    expect(image.user).toEqual({ uid: 65532, gid: 65532 });
  });

  test("keeps what the program writes in the volume, and sets variables that the program knows", () => {
    expect(image.volumes).toEqual([image.directory]);
    const { ARGUS_CONFIG: _, HOME: home, ...written } = image.env;
    for (const path of [home, ...Object.values(written)]) expect(`${path}/`).toStartWith(`${image.directory}/`);
    for (const name of Object.keys(image.env)) if (name !== "HOME") expect(source).toContain(name);
  });

  test("takes the Bun that bun.lock has", () => {
    expect(dockerfileText).toContain(`bun@${dependencies.bun} `);
  });
});

describe.each([
  ["amd64", "linux-x64"],
  ["arm64", "linux-arm64"],
])("its build stage, for %s", (architecture, platform) => {
  let place: string;

  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), "argus-test-"));
    const own = dockerfile
      .getCOPYs()
      .map(copied)
      .filter(({ from }) => from === undefined);
    for (const { sources, destination } of own) {
      for (const path of sources)
        cpSync(join(root, path), join(place, destination, destination === "./" ? path : ""), { recursive: true });
    }
    const [command] = dockerfile.getInstructions().filter((instruction) => instruction.getKeyword() === "RUN");
    const script = command?.getRawArgumentsContent()?.replaceAll("\\\n", "") ?? "false";
    const env = { ...process.env, TARGETARCH: architecture, COMMIT: "abc1234" };
    await $`sh -c ${script}`.cwd(place).env(env).quiet();
  }, 180_000);

  afterAll(() => rmSync(place, { recursive: true }));

  test("makes everything that the image takes from it", () => {
    for (const { sources } of image.copies) {
      for (const path of sources) expect(existsSync(path.replace(/^\/src/, place))).toBe(true);
    }
  });

  test("makes the executable for that platform", async () => {
    const file = join(place, "dist", "image", "argus-mcp");
    expect(statSync(file).mode & 0o111).toBe(0o111);
    expect(platformOf(Buffer.from(await Bun.file(file).arrayBuffer()))).toBe(platform);
    if (architecture === "amd64") expect(await $`${file} --version`.text()).toBe(`${version} (abc1234)\n`);
  });
});

describe("docs/docker.md", () => {
  interface Manifest {
    kind: string;
    data?: Record<string, string>;
    spec?: { template?: { spec: { containers: object[] } } };
  }

  const documents = blocksOf("docs/docker.md", "yaml").flatMap((text) => parseAllDocuments(text));

  /** The parsed documents that have this key. */
  const having = <T>(key: string) =>
    documents.map((document) => document.toJS() as Record<string, unknown>).filter((value) => key in value) as T[];

  test("shows YAML that is well-formed, all of it of a kind that is checked here", () => {
    expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
    expect(documents).toHaveLength(having("services").length + having("kind").length + having("backends").length);
  });

  test("shows configurations that the program accepts, also the one in the ConfigMap", async () => {
    const maps = having<Manifest>("data").map(({ data }) => data?.["config.yaml"] ?? "");
    const own = blocksOf("docs/docker.md", "yaml").filter((text) => text.startsWith("version:"));
    expect(maps.length + own.length).toBe(2);
    for (const text of [...maps, ...own]) {
      using place = folder({ "config.yaml": text });
      expect((await run(["server", "--check"], place)).code).toBe(0);
    }
  });

  test("shows a Compose file whose secrets and volumes are there, at the image's paths", () => {
    const [compose] = having<{
      services: { argus: { secrets: string[]; volumes: string[]; environment: Record<string, string> } };
      secrets: object;
      volumes: object;
    }>("services");
    const { secrets = [], volumes = [], environment = {} } = compose?.services.argus ?? {};
    expect(Object.keys(compose?.secrets ?? {})).toEqual(secrets);
    expect(environment.ARGUS_SECRET_KEY_FILE).toBe(`/run/secrets/${secrets[0]}`);
    expect(volumes.map((volume) => volume.split(":")[1])).toEqual(["/etc/argus-mcp", image.directory]);
    expect(Object.keys(compose?.volumes ?? {})).toEqual(["state"]);
    for (const name of Object.keys(environment)) expect(source).toContain(name);
  });

  test("shows a Deployment whose mounts have volumes, and whose probes the server answers", () => {
    const [deployment] = having<Manifest>("kind").filter(({ kind }) => kind === "Deployment");
    const text = JSON.stringify(deployment);
    const paths = [...text.matchAll(/"path":"(\/manage[^"]*)"/g)].map(([, path]) => path);
    expect([...new Set(paths)].toSorted()).toEqual(["/manage/v1/health", "/manage/v1/ready"]);
    const pod = deployment?.spec?.template?.spec as {
      containers: { volumeMounts: { name: string; mountPath: string }[] }[];
      volumes: { name: string }[];
    };
    const mounts = pod.containers[0]?.volumeMounts ?? [];
    expect(mounts.map(({ name }) => name)).toEqual(pod.volumes.map(({ name }) => name));
    expect(mounts.map(({ mountPath }) => mountPath)).toContain(image.directory);
  });

  test("shows Dockerfiles that pass the linter, and commands that a shell understands", async () => {
    const dockerfiles = blocksOf("docs/docker.md", "dockerfile");
    expect(dockerfiles).toHaveLength(2);
    for (const text of dockerfiles) expect(validate(text)).toEqual([]);
    for (const text of blocksOf("docs/docker.md", "sh")) await $`sh -n -c ${text}`;
  });

  test("sets up an image with Node as the Dockerfile does", () => {
    const [, node = ""] = blocksOf("docs/docker.md", "dockerfile");
    for (const [name, value] of Object.entries(image.env)) expect(node).toContain(`${name}=${value}`);
    for (const words of [image.entrypoint, image.command, image.healthcheck]) {
      expect(node).toContain(` ${JSON.stringify(words).replaceAll(",", ", ")}\n`);
    }
  });
});
