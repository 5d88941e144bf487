# Completion of outvet(1) for bash. Words and options only: it never asks queue or ledger.
_outvet() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local word first='' second='' skip='' options
    COMPREPLY=()

    case $previous in
    --postfix-config)
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
        return
        ;;
    --config | --ids | --logs)
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        return
        ;;
    --endpoint)
        mapfile -t COMPREPLY < <(compgen -W \
            'ovh-eu ovh-ca ovh-us kimsufi-eu kimsufi-ca soyoustart-eu soyoustart-ca' -- "$current")
        return
        ;;
    --message | --date | --login | --sender | --recipient | --client | --account | --since | --node | --reason | --address | --for | --until | --recipients | --messages | --of | --by)
        return
        ;;
    esac

    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        if [[ $skip ]]; then
            skip=''
        elif [[ $word == --config || $word == --ids || $word == --logs || $word == --address || $word == --postfix-config ]]; then
            skip=1
        elif [[ $word != -* ]]; then
            if [[ ! $first ]]; then
                first=$word
            elif [[ ! $second ]]; then
                second=$word
            fi
        fi
    done

    if [[ ! $first ]]; then
        mapfile -t COMPREPLY < <(compgen -W \
            'check held trace delivery account top suspend resume suspensions announce announcements incident suppress feedback compliance dns provider alert rules config status --help --version' -- "$current")
        return
    fi

    options='--json --config --help'
    case "$first $second" in
    'held ')
        mapfile -t COMPREPLY < <(compgen -W 'list show why release delete' -- "$current")
        return
        ;;
    'provider ')
        mapfile -t COMPREPLY < <(compgen -W 'check login networks blocks report' -- "$current")
        return
        ;;
    'alert ')
        mapfile -t COMPREPLY < <(compgen -W 'test' -- "$current")
        return
        ;;
    'rules ')
        mapfile -t COMPREPLY < <(compgen -W 'list show facts check' -- "$current")
        return
        ;;
    'config ')
        mapfile -t COMPREPLY < <(compgen -W 'show check detect reload' -- "$current")
        return
        ;;
    'delivery ')
        mapfile -t COMPREPLY < <(compgen -W 'summary import' -- "$current")
        return
        ;;
    'incident ')
        mapfile -t COMPREPLY < <(compgen -W 'list show import explain mark note unblock close sample logs' -- "$current")
        return
        ;;
    'suppress ')
        mapfile -t COMPREPLY < <(compgen -W 'add remove list import' -- "$current")
        return
        ;;
    'feedback ')
        mapfile -t COMPREPLY < <(compgen -W 'import list' -- "$current")
        return
        ;;
    check*) options+=' --html --facts --no-dns --date --history --login --sender --recipient --egress --client' ;;
    'held list') options+=' --account' ;;
    'held release') options+=' --account --all --requeue' ;;
    'held delete') options+=' --account --all --yes' ;;
    'delivery summary') options+=' --since --blocked' ;;
    'delivery import') options+=' --node' ;;
    trace*) options+=' --ids --logs' ;;
    'incident import') options+=' --address --logs' ;;
    'suppress add') options+=' --sender --since' ;;
    'suppress remove' | 'suppress import') options+=' --sender' ;;
    'feedback list') options+=' --account --since' ;;
    top*) options+=' --of --by' ;;
    suspend\ *) options+=' --reason --for --until --answer --queue' ;;
    resume*) options+=' --reason' ;;
    'incident list') options+=' --all --address' ;;
    'incident mark') options+=' --as --unknown --account' ;;
    'incident unblock') options+=' --reason --force --no-wait' ;;
    'incident close') options+=' --reason' ;;
    suspensions*) options+=' --all' ;;
    announce\ *) options+=' --recipients --messages --until --for --reason --end --easing' ;;
    announcements*) options+=' --all' ;;
    'incident sample') options+=' --message --dns' ;;
    dns*) options+=' --selector' ;;
    compliance*) options+=' --days' ;;
    'provider login') options+=' --endpoint' ;;
    'provider networks') options+=' --type' ;;
    'provider blocks') options+=' --past' ;;
    'provider report') options+=' --since' ;;
    'config show') options+=' --all' ;;
    'config detect') options+=' --postfix-config' ;;
    esac

    if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
    elif [[ $first == check || "$first $second" == 'config check' || "$first $second" == 'rules check' || "$first $second" == 'suppress import' || "$first $second" == 'feedback import' || "$first $second" == 'incident sample' || "$first $second" == 'delivery import' || "$first $second" == 'incident import' || "$first $second" == 'incident logs' ]]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
}
complete -o filenames -F _outvet outvet
