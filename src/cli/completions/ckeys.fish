# Completes the arguments of ckeys: ckeys completions fish > ~/.config/fish/completions/ckeys.fish
function __ckeys_complete
    set -l word (commandline --current-token --cut-at-cursor)
    set -l found (command ckeys __tab fish --word="$word" -- (commandline --tokenize --current-process --cut-at-cursor) 2>/dev/null)
    if test "$found" = :files
        set -l start (string match --regex -- '^.*[:=]' $word)
        for path in (__fish_complete_path (string replace --regex -- '^.*[:=]' '' $word))
            printf '%s\n' "$start$path"
        end
    else if test (count $found) -gt 0
        printf '%s\n' $found
    end
end
complete --command ckeys --erase
complete --command ckeys --no-files --keep-order --arguments '(__ckeys_complete)'
