#include <malloc.h>
#include <stdio.h>
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
