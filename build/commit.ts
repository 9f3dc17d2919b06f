// Which state of the source a build is made from.
import { $ } from "bun";

/** What the executable depends on. */
const INPUTS = ["src", "build", "package.json", "bun.lock"];

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The first seven digits of the commit, and `-dirty` after them where what is built differs from it. ARGUS_COMMIT names it where there
 * is no repository, as in an image's build; without both there is none.
 */
export async function commitOf(root: string, { ARGUS_COMMIT: named }: Environment): Promise<string | undefined> {
  if (named) return named;
  const git = async (...args: string[]) => {
    const { exitCode, stdout } = await $`git -C ${root} ${args}`.nothrow().quiet();
    return exitCode === 0 ? stdout.toString().trim() : undefined;
  };
  const [inside, commit] = await Promise.all([git("rev-parse", "--show-prefix"), git("rev-parse", "HEAD")]);
  // Unpacked inside of another project's repository, the source has no commit of its own.
  if (inside !== "" || !commit) return undefined;
  const changes = await git("status", "--porcelain", "--", ...INPUTS);
  return commit.slice(0, 7) + (changes === "" ? "" : "-dirty");
}
