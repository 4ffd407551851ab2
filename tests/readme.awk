# readme.awk - prints a README with the output of its examples renewed. An example is a line
# "    $ COMMAND"; what the command prints stands below it, indented as well, or nothing
# does. Commands run in the directory `dir`; one that fails ends it all.
/^    \$ / {
    print
    command = "cd '" dir "' && { " substr($0, 7) "; }"
    count = 0
    while ((command | getline line) > 0)
        output[count++] = line
    if (close(command) != 0) {
        print "failed: " $0 > "/dev/stderr"
        exit 1
    }
    in_output = 1
    next
}
in_output && /^    / {
    for (i = 0; i < count; i++)
        print "    " output[i]
    count = 0
    next
}
{
    in_output = 0
    print
}
