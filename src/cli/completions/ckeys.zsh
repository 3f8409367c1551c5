#compdef ckeys
# Completes the arguments of ckeys: source <(ckeys completions zsh), after compinit, or as the file _ckeys in $fpath.
_ckeys() {
    local line value
    local -a whole begun
    while IFS= read -r line; do
        if [[ $line == :files ]]; then
            compset -P '*[:=]'
            _files
            return
        fi
        value=${line%%$'\t'*}
        line=${value//:/\\:}${${line#$value}/$'\t'/:}
        if [[ $value == *[:=] ]]; then
            begun+=("$line")
        else
            whole+=("$line")
        fi
    done < <(command ckeys __tab zsh --word="$PREFIX" -- "${(@Q)words[1,CURRENT-1]}" 2>/dev/null)
    (( $#whole )) && _describe -V 'ckeys' whole
    (( $#begun )) && _describe -V 'ckeys' begun -S ''
}
if [[ ${funcstack[1]} == _ckeys ]]; then
    _ckeys "$@"
else
    compdef _ckeys ckeys
fi
