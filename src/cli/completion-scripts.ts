/**
 * What a shell is told to ask at each Tab. The words typed so far are handed on as they are and never evaluated; where
 * there is nothing to offer, the shell completes names of files. A line of `complete` is a candidate, a tab and what
 * it is; one that begins with a colon is for PowerShell alone.
 */
export const ownScripts = { bash, zsh, fish } as const;

/** @param launcher absolute path of what to run, whatever name it was called by */
function bash(launcher: string): string {
  return `# Completion of pilotlight in bash, from 3.2 on; needs nothing else.
_pilotlight() {
  COMPREPLY=()
  local i word value about glue=
  local -a words=()
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    # Behind a redirection stand names of files.
    case $word in *[\\<\\>]*) return 0 ;; esac
    # bash takes --flag=value apart.
    if [[ $word == = && \${#words[@]} -gt 0 ]]; then
      words[\${#words[@]} - 1]+==
      glue=1
    elif [[ -n $glue ]]; then
      words[\${#words[@]} - 1]+=$word
      glue=
    else
      words+=("$word")
    fi
  done
  while IFS=$'\\t' read -r value about; do
    case $value in '' | :*) ;; *) COMPREPLY+=("$value") ;; esac
  done < <(${quoted(launcher)} complete -- "\${words[@]}" 2>/dev/null </dev/null)
}
complete -o default -o bashdefault -F _pilotlight pilotlight
`;
}

function zsh(launcher: string): string {
  return `#compdef pilotlight
# Completion of pilotlight in zsh; after compinit.
_pilotlight() {
  local line value tab=$'\\t'
  local -a candidates
  for line in "\${(@f)$(${quoted(launcher)} complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null </dev/null)}"; do
    [[ -z $line || $line == :* ]] && continue
    value=\${line%%$tab*}
    candidates+=("\${value//:/\\\\:}:\${line#*$tab}")
  done
  if (( \${#candidates} )); then _describe pilotlight candidates; else _files; fi
}
if [[ \${funcstack[1]} == _pilotlight ]]; then _pilotlight "$@"; else compdef _pilotlight pilotlight; fi
`;
}

function fish(launcher: string): string {
  return `# Completion of pilotlight in fish.
function __pilotlight_complete
  set -l words (commandline -opc)
  set -e words[1]
  set -l current (commandline -ct)
  set -l lines (${escaped(launcher)} complete -- $words "$current" 2>/dev/null </dev/null)
  set lines (printf '%s\\n' $lines | string match -r -- '^[^:].*')
  if test (count $lines) -gt 0
    printf '%s\\n' $lines
  else
    __fish_complete_path "$current"
  end
end
complete -c pilotlight -e
complete -c pilotlight -f -a '(__pilotlight_complete)'
`;
}

/** One word of bash and zsh, whatever stands in it. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** One word of fish. */
const escaped = (text: string): string =>
  `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/** One word of PowerShell. */
export const powershellWord = (text: string): string => `'${text.replaceAll("'", "''")}'`;
