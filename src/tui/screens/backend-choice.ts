// Lets the user choose one of the backends, or all of them.
import { counted } from "../format.ts";
import type { Shell } from "../screen.ts";
import type { BackendRecord } from "../state.ts";
import { phaseSymbol } from "../symbols.ts";
import type { Span } from "../theme.ts";
import { type Choice, chooser } from "../widgets/chooser.ts";

interface BackendChoice extends Choice {
  backend: string | null;
}

/** Opens the list; `chosen` gets the name, or null for all. */
export function chooseBackend(shell: Shell, chosen: (backend: string | null) => void): void {
  const choices = backendChoices(shell.store.state.snapshot?.backends ?? []);
  const overlay = chooser(shell.ui, {
    ...{ title: "Only one backend", placeholder: "which backend?", choices: () => choices },
    choose: ({ backend }) => {
      shell.close(overlay);
      chosen(backend);
    },
    close: () => shell.close(overlay),
  });
  shell.open(overlay);
}

function backendChoices(backends: readonly BackendRecord[]): BackendChoice[] {
  const each = backends.map((one): BackendChoice => {
    const { name, phase, capabilities } = one;
    const [symbol, role] = phaseSymbol(phase);
    const note: Span[] = [[counted(capabilities.tools, "tool"), "muted"]];
    return { text: name, backend: name, mark: [[`${symbol} `, role]], note };
  });
  return [{ text: "all backends", backend: null, note: [] }, ...each];
}
