#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "snapshot_format.h"

#include <zend_virtual_cwd.h>

/*
 * What a thread does once before anybody waits for it: it looks at a folder as the start of a script does, and publishes, on a
 * board that nobody sees. JavaScript is compiled, and its calls from here are wired, when they happen for the first time; a
 * sidekick's first publication is the one that readers are blocked on.
 */

/* A folder that is gone, or may not be read, is for scripts to find out. */
static void rehearse_files(const char *folder)
{
	char resolved[MAXPATHLEN];
	struct stat found;
	int opened;

	/* Looks at each folder on the way. */
	if (tsrm_realpath(folder, resolved) == NULL || stat(folder, &found) != 0) {
		return;
	}
	opened = open(folder, O_RDONLY);
	if (opened >= 0) {
		close(opened);
	}
}

/* An empty folder is none. */
int32_t igor_entry_rehearsal(const char *folder)
{
	for (zend_long turn = 0; turn < 3; turn++) {
		igor_written written;
		zval vars;
		zval copy;

		if (*folder != '\0') {
			rehearse_files(folder);
		}
		array_init(&vars);
		add_assoc_long(&vars, "turn", turn);
		igor_snapshot_write(Z_ARRVAL(vars), igor_host_sidekick_max_size(), true, &written);
		igor_host_sidekick_publish(igor_scratch(0), (uint32_t) written.size);
		if (igor_snapshot_decode(igor_scratch(0), (uint32_t) written.size, &copy)) {
			zval_ptr_dtor(&copy);
		}
		if (igor_snapshot_decode_shared(igor_scratch(0), (uint32_t) written.size, &copy)) {
			igor_snapshot_free_shared(&copy);
		}
		zval_ptr_dtor(&vars);
	}
	return 0;
}
