#include <malloc.h>
#include <stdio.h>
#include <editline/readline.h>
