# Completes the arguments of ckeys: source <(ckeys completions bash)
_ckeys() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == :files ]]; then
            compopt -o default 2>/dev/null
            COMPREPLY=()
            return
        fi
        COMPREPLY+=("$line")
    done < <(command ckeys __tab bash --word="${COMP_WORDS[COMP_CWORD]}" -- "${COMP_WORDS[@]:0:COMP_CWORD}" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[:=] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -F _ckeys ckeys
