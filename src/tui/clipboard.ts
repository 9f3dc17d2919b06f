// Hands text to the clipboard of the terminal (OSC 52): also over ssh, where no program here could reach it, and through tmux and screen.

/** Where text goes that was copied. */
export interface Clipboard {
  /** Why the terminal is known to take none, as a sentence; else null. It never tells whether it took some. */
  readonly reason: string | null;
  /** What has to be set so that it gets there, if anything has. */
  readonly needs: string | null;
  copy(text: string): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** screen hands on no more than 256 bytes at a time. */
const SCREEN_PIECE = /.{76}(?=.)/g;

/** The terminal's; `write` writes to it. */
export function terminalClipboard(environment: Environment, write: (sequence: string) => void): Clipboard {
  return {
    reason: refuses(environment) ? "this terminal lets no program copy: it knows no OSC 52" : null,
    needs: inTmux(environment) ? "tmux needs set-clipboard on" : null,
    copy: (text) => write(sequenceFor(text, environment)),
  };
}

/** tmux takes it for itself with `set-clipboard on`, and hands it on with `allow-passthrough on`: it is told both. */
export function sequenceFor(text: string, environment: Environment): string {
  const data = Buffer.from(text).toString("base64");
  const plain = `\x1b]52;c;${data}\x07`;
  if (inTmux(environment)) return `${plain}\x1bPtmux;\x1b${plain}\x1b\\`;
  if (environment.STY) return `\x1bP\x1b]52;c;${data.replace(SCREEN_PIECE, "$&\x1b\\\x1bP")}\x07\x1b\\`;
  return plain;
}

function inTmux({ TMUX, TERM = "" }: Environment): boolean {
  return Boolean(TMUX) || TERM.startsWith("tmux");
}

/** The consoles of kernels have no clipboard, and that of macOS' own terminal is closed. */
function refuses({ TERM = "", TERM_PROGRAM }: Environment): boolean {
  return /^(linux|vt\d+|ansi|cons25)$/.test(TERM) || TERM_PROGRAM === "Apple_Terminal";
}
