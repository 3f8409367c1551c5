# Completes the arguments of ckeys: ckeys completions powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName ckeys -ScriptBlock {
    param($word, $command, $cursor)
    $before = @(foreach ($element in $command.CommandElements) {
        if ($element.Extent.EndOffset -lt $cursor) {
            if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) {
                $element.Value
            } else {
                $element.Extent.Text
            }
        }
    })
    $ckeys = Get-Command ckeys -CommandType Application -TotalCount 1 -ErrorAction SilentlyContinue
    if ($null -eq $ckeys) { return }
    & $ckeys.Source __tab powershell "--word=$word" '--' @before 2>$null | ForEach-Object {
        # Nothing offered: PowerShell completes the names of files.
        if ($_ -ne ':files') {
            $value, $help = $_ -split "`t", 2
            if (-not $help) { $help = $value }
            [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
        }
    }
}
