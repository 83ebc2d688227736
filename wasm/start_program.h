/* A program of the host to start, and what is known of one that runs. */
#ifndef IGOR_START_PROGRAM_H
#define IGOR_START_PROGRAM_H

#include "igor.h"

#define IGOR_LONGEST_REFUSAL 2048 /* bytes of the sentence that says why a program was not started */

/* One descriptor of a program to start. */
typedef struct {
	int32_t number; /* in the child */
	int32_t what;   /* IGOR_PIPE_READ and its neighbours */
	int32_t value;
	int32_t end;    /* out: PHP's end of the pipe, or -1 */
} igor_child_descriptor;

/* What to start: a command line for sh, or (command_line = NULL) a list of arguments. */
typedef struct {
	const zend_string *command_line;
	zend_string *const *arguments;
	uint32_t argument_count;
	const char *folder;     /* NULL = PHP's own */
	HashTable *environment; /* NULL = PHP's own */
	igor_child_descriptor *descriptors;
	uint32_t descriptor_count;
} igor_program;

/* Starts it; returns the process, or -1 when there is a sentence for igor_process_warn(). May suspend. */
int32_t igor_process_start(igor_program *program);
/* PHP's warning that says why the last one was not started. */
void igor_process_warn(void);

/* Starts a command line with one pipe, PHP's end of which is `end`. Returns the process, or -1 after a warning. */
int32_t igor_process_start_piped(zend_string *command, int32_t number, int32_t what, int32_t *end);
/* Waits for its end. As PHP returns it: the exit status, or the number of the signal; -1 = unknown. */
int igor_process_finish(int32_t process);

/* PHP's end of a pipe as a stream that closes it. */
php_stream *igor_process_stream(int32_t end, const char *mode);

/* wait(2)'s status, in parts */
#define IGOR_EXITED(status) (((status) & 0x7f) == 0)
#define IGOR_EXIT_STATUS(status) (((status) >> 8) & 0xff)
#define IGOR_SIGNAL(status) ((status) & 0x7f)

#endif
