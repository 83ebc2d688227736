/* mail() and its relatives hand messages to a program: without permission they stay, and say why they fail. */
#include "start_program.h"
#include <stdio.h>

/* Exit statuses of sendmail (sysexits.h: EX_OK, EX_TEMPFAIL) */
#define SENT 0
#define SENT_LATER 75

/* What hands a message to the program of sendmail_path. */
static struct {
	const char *name;
	zif_handler original;
} mailing[] = {{"mail", NULL}, {"mb_send_mail", NULL}, {"error_log", NULL}};

/* Where musl's FILE has the previously opened one. */
#define PREVIOUS_AT 56

static FILE *opened_before(FILE *file)
{
	return *(FILE **) ((char *) file + PREVIOUS_AT);
}

/*
 * Closes the stream of a descriptor that popen() has made. Before PHP 8.5, mail()'s pclose() was compiled to a failure:
 * it closes nothing, and the stream is lost, but libc has it in its list.
 */
static void close_forgotten_stream(int fd)
{
	FILE *first = fopen("/dev/null", "r");
	FILE *second = fopen("/dev/null", "r");

	if (first != NULL && second != NULL && opened_before(second) == first) {
		FILE *file = opened_before(first);

		while (file != NULL && fileno(file) != fd) {
			file = opened_before(file);
		}
		if (file != NULL) {
			fclose(file);
		}
	}
	if (second != NULL) {
		fclose(second);
	}
	if (first != NULL) {
		fclose(first);
	}
}

/* Whether the program took the message. */
static bool is_sent(int32_t process)
{
	int32_t status;
	bool known = igor_host_process_wait(process, &status) == 0;

	igor_host_process_forget(process);
	return known && IGOR_EXITED(status) && (IGOR_EXIT_STATUS(status) == SENT || IGOR_EXIT_STATUS(status) == SENT_LATER);
}

/* PHP's own warning, if any, does not say why the program could not be started. */
static void say_why(INTERNAL_FUNCTION_PARAMETERS, zif_handler original)
{
	char why[IGOR_LONGEST_REFUSAL];
	uint32_t length;
	int32_t process;
	int32_t fd;

	igor_host_process_refusal(why, sizeof(why));
	original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	fd = igor_host_process_unclosed(&process);
	if (fd >= 0) {
		/* Passes on what is still unwritten, and tells the program that this was all. */
		close_forgotten_stream(fd);
	}
	if (process >= 0) {
		RETVAL_BOOL(is_sent(process));
	}
	length = igor_host_process_refusal(why, sizeof(why));
	if (length > 0 && !EG(exception)) {
		php_error_docref(NULL, E_WARNING, "%.*s", (int) length, why);
	}
}

static ZEND_FUNCTION(igor_mail)
{
	say_why(INTERNAL_FUNCTION_PARAM_PASSTHRU, mailing[0].original);
}

static ZEND_FUNCTION(igor_mb_send_mail)
{
	say_why(INTERNAL_FUNCTION_PARAM_PASSTHRU, mailing[1].original);
}

static ZEND_FUNCTION(igor_error_log)
{
	say_why(INTERNAL_FUNCTION_PARAM_PASSTHRU, mailing[2].original);
}

void igor_mail_install(void)
{
	static const zif_handler explaining[] = {ZEND_FN(igor_mail), ZEND_FN(igor_mb_send_mail), ZEND_FN(igor_error_log)};

	for (size_t i = 0; i < sizeof(mailing) / sizeof(*mailing); i++) {
		mailing[i].original = igor_replace_function(mailing[i].name, explaining[i]);
	}
}
