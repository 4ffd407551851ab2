/* completion.c - completion for bash, made from the tables that --help prints. */
#include "cli.h"
#include "manual.h"

#include <ctype.h>

static void put_word(void *context, const struct argp_option *option)
{
    FILE *out = context;
    if ((option->flags & (OPTION_HIDDEN | OPTION_DOC)) != 0)
        return;
    if (option->key > 0 && option->key < 128 && isprint(option->key))
        fprintf(out, " -%c", option->key);
    if (option->name != NULL)
        fprintf(out, " --%s%s", option->name, option->arg != NULL ? "=" : "");
}

static void put_verb(FILE *out, const struct verb *verb)
{
    fprintf(out, "    %s) words='", verb->name);
    manual_options(verb->argp, put_word, out);
    fputs("' ;;\n", out);
}

void manual_completion(FILE *out)
{
    fputs("# bash completion for crossbill; made by: crossbill help --completion\n"
          "_crossbill()\n"
          "{\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
          "    local words=\n"
          "    COMPREPLY=()\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ] || [[ ${COMP_WORDS[1]} = help && $word != -* "
          "]]; then\n"
          "        words='",
          out);
    for (const struct verb *const *verb = verb_list(); *verb != NULL; verb++)
        fprintf(out, " %s", (*verb)->name);
    fputs("'\n"
          "        COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
          "        return\n"
          "    fi\n"
          "    [ \"$before\" = = ] && before=${COMP_WORDS[COMP_CWORD-2]}\n"
          "    case ${COMP_WORDS[1]} in\n",
          out);
    for (const struct verb *const *verb = verb_list(); *verb != NULL; verb++)
        put_verb(out, *verb);
    fputs("    esac\n"
          "    case ${COMP_WORDS[1]}:$before in\n"
          "    *:--machine|*:-m|machines:*)\n"
          "        words=\"$words $(\"$1\" machines 2>/dev/null | cut -d' ' -f1)\" ;;\n"
          "    study:*|claims:*)\n"
          "        words=\"$words $(\"$1\" ${COMP_WORDS[1]} --list 2>/dev/null |\n"
          "            cut -d' ' -f1)\" ;;\n"
          "    esac\n"
          "    COMPREPLY=($(compgen -W \"$words\" -- \"${word#=}\"))\n"
          "    case ${COMPREPLY-} in\n"
          "    *=) compopt -o nospace ;;\n"
          "    '') compopt -o default ;;\n"
          "    esac\n"
          "}\n"
          "complete -F _crossbill crossbill\n",
          out);
}
