#include "snapshot_format.h"

/*
 * What a thread does once before anybody waits for it: a publication, on a board that nobody sees. JavaScript is compiled, and
 * its calls from here are wired, when they happen for the first time; a sidekick's first publication is the one that
 * readers are blocked on.
 */
int32_t igor_entry_rehearsal(void)
{
	for (zend_long turn = 0; turn < 3; turn++) {
		igor_written written;
		zval vars;
		zval copy;

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
