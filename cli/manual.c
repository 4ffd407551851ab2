/* manual.c - crossbill(1), made from the tables that --help prints. */
#include "manual.h"

#include "cli.h"

#include <ctype.h>
#include <string.h>

void manual_options(const struct argp *argp,
                    void (*visit)(void *, const struct argp_option *), void *context)
{
    const struct argp_option *option = argp->options;
    for (; option != NULL && (option->name != NULL || option->key != 0 || option->doc);
         option++)
        visit(context, option);
    for (const struct argp_child *child = argp->children; child && child->argp; child++)
        manual_options(child->argp, visit, context);
}

/* A dot or a quote at the start of a line would be a request, a plain "-" a hyphen that
 * cannot be pasted into a shell. */
static void put_text(FILE *out, const char *text, size_t length)
{
    bool line_start = true;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (line_start && (c == '.' || c == '\''))
            fputs("\\&", out);
        if (c == '\\')
            fputs("\\e", out);
        else if (c == '-')
            fputs("\\-", out);
        else
            fputc(c, out);
        line_start = c == '\n';
    }
}

/* Lines that begin with blanks are examples and keep their shape. */
static void put_paragraphs(FILE *out, const char *text)
{
    bool example = false;
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        bool indented = length > 0 && text[0] == ' ';
        if (indented != example)
            fputs(indented ? ".PP\n.nf\n" : ".fi\n.PP\n", out);
        else if (length == 0)
            fputs(".PP\n", out);
        example = indented;
        put_text(out, text, length);
        if (length > 0)
            fputc('\n', out);
        text += length + (text[length] == '\n');
    }
    if (example)
        fputs(".fi\n", out);
}

static void put_option(void *context, const struct argp_option *option)
{
    FILE *out = context;
    if ((option->flags & OPTION_HIDDEN) != 0)
        return;
    if (option->name == NULL && option->key == 0) {
        fputs(".PP\n", out);
        put_text(out, option->doc, strlen(option->doc));
        fputc('\n', out);
        return;
    }
    fputs(".TP\n", out);
    bool is_short = option->key > 0 && option->key < 128 && isprint(option->key);
    if (is_short)
        fprintf(out, "\\fB\\-%c\\fR", option->key);
    if (is_short && option->name != NULL)
        fputs(", ", out);
    if (option->name != NULL) {
        fputs("\\fB\\-\\-", out);
        put_text(out, option->name, strlen(option->name));
        fputs("\\fR", out);
    }
    if (option->arg != NULL)
        fprintf(out, "%s\\fI%s\\fR", option->name != NULL ? "=" : " ", option->arg);
    fputc('\n', out);
    put_text(out, option->doc, strlen(option->doc));
    fputc('\n', out);
}

/* args_doc may hold several forms, one a line. */
static void put_synopses(FILE *out, const char *name, const char *forms)
{
    while (forms != NULL) {
        size_t length = strcspn(forms, "\n");
        fputs(".br\n\\fBcrossbill ", out);
        put_text(out, name, strlen(name));
        fputs("\\fR [\\fIOPTION\\fR...] ", out);
        put_text(out, forms, length);
        fputc('\n', out);
        forms = forms[length] == '\n' ? forms + length + 1 : NULL;
    }
}

static void put_verb(FILE *out, const struct verb *verb)
{
    fprintf(out, ".SS \"crossbill %s\"\n", verb->name);
    put_synopses(out, verb->name, verb->argp->args_doc);
    fputs(".PP\n", out);
    const char *after = strchr(verb->argp->doc, '\v');
    size_t before = after != NULL ? (size_t)(after - verb->argp->doc) : 0;
    put_text(out, verb->argp->doc, after != NULL ? before : strlen(verb->argp->doc));
    fputc('\n', out);
    manual_options(verb->argp, put_option, out);
    if (after != NULL) {
        fputs(".PP\n", out);
        put_paragraphs(out, after + 1);
    }
}

void manual_page(FILE *out)
{
    fputs(
        ".TH CROSSBILL 1 \"\" \"crossbill " CROSSBILL_VERSION "\" \"User Commands\"\n"
        ".SH NAME\n"
        "crossbill \\- an itemised bill for every border crossing\n"
        ".SH SYNOPSIS\n"
        "\\fBcrossbill\\fR \\fIVERB\\fR [\\fIARGUMENT\\fR...]\n"
        ".SH DESCRIPTION\n"
        "crossbill records what a microkernel does (border crossings, switches, memory\n"
        "accesses), replays the recording through parameterised TLB and cache models,\n"
        "and says where every cycle went: to work, to the crossing itself (explicit),\n"
        "or to the locality that the crossing destroyed (implicit).\n"
        ".SH VERBS\n",
        out);
    for (const struct verb *const *verb = verb_list(); *verb != NULL; verb++)
        put_verb(out, *verb);
    fputs(".SH \"EXIT STATUS\"\n"
          ".TP\n0\ndone\n"
          ".TP\n1\na check or a diff found something\n"
          ".TP\n2\nwrong usage, or a machine file that is wrong\n"
          ".TP\n3\na bad trace\n"
          ".TP\n4\ninput or output failed\n"
          ".TP\n130, 143\nended by SIGINT, SIGTERM\n"
          ".SH ENVIRONMENT\n"
          ".TP\nCROSSBILL_DATA\n"
          "The directory of the kernel image, the recorder plugin and the machines, if\n"
          "it is another than the one beside the program.\n",
          out);
}
