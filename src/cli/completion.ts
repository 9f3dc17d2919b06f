// argus-mcp completion: prints a script that completes commands, flags and files in a shell.
import { type ArgsDef, type CommandDef, defineCommand } from "citty";
import { treeOf } from "./command-tree.ts";
import { SCRIPTS } from "./completion-scripts.ts";
import { refuseUnknown, UsageError } from "./usage.ts";

const args = {
  shell: { type: "positional", required: false, description: "bash, zsh or fish" },
} as const satisfies ArgsDef;

export const completion = defineCommand({
  meta: { name: "completion", description: "Print a script that completes argus-mcp in a shell" },
  args,
  async run({ args: given, data: program }) {
    refuseUnknown({ ...given, _: given._.slice(1) }, args);
    const [shell = ""] = given._;
    const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
    if (!script)
      throw new UsageError(`completion needs one of ${Object.keys(SCRIPTS).join(", ")}${shell && `, not ${shell}`}`);
    await Bun.write(Bun.stdout, script(await treeOf(program as CommandDef)));
  },
});
