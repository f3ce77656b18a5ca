#include <malloc.h>
#include <stdio.h>
#include <termios.h>
#include <editline/readline.h>

/* libedit's settings are variables, which Swift may not touch; these set and read them. */

static inline void eventsql_complete_with(rl_completion_func_t *complete) {
    rl_attempted_completion_function = complete;
    rl_completer_word_break_characters = (char *)" \t\n\"\\'`@$><=;|&{(,)";
}

static inline const char *eventsql_line(void) { return rl_line_buffer; }

/* The candidates are all there is: file names are not tried, and `follower` comes behind a word that is the only one. */
static inline void eventsql_completion_is_final(int follower) {
    rl_attempted_completion_over = 1;
    rl_completion_append_character = follower;
}

static int eventsql_drop_line(int count, int key) {
    (void)count, (void)key;
    rl_done = 1;
    return 0;
}

/* A line, or NULL at the end of input. Ctrl-C drops the line: the terminal sends no signal while a line is typed, and the key
 * ends the editing, which is told by `dropped`. */
static inline char *eventsql_read_line(const char *prompt, int *dropped) {
    static int is_bound = 0;
    if (!is_bound) {
        rl_initialize();
        rl_add_defun("eventsql-drop-line", eventsql_drop_line, 3);
        is_bound = 1;
    }
    struct termios before, typing;
    int is_terminal = tcgetattr(0, &before) == 0;
    if (is_terminal) {
        typing = before;
        typing.c_cc[VINTR] = 0;
        tcsetattr(0, TCSANOW, &typing);
    }
    rl_done = 0;
    char *line = readline(prompt);
    *dropped = line == NULL && rl_done;
    if (is_terminal) tcsetattr(0, TCSANOW, &before);
    return line;
}
