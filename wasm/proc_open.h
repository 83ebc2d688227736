#ifndef IGOR_PROC_OPEN_H
#define IGOR_PROC_OPEN_H

#include "start_program.h"

/* The descriptors that one call of proc_open() names, with PHP's ends of the pipes. */
typedef struct {
	igor_child_descriptor *descriptors;
	int *to_close; /* descriptors of PHP that only the program needs, or -1 */
	uint32_t count;
} igor_proc_descriptors;

/* proc_descriptors.c: reads the second argument of proc_open(). False with a warning or an exception; free it then, too. */
bool igor_proc_descriptors_read(igor_proc_descriptors *list, HashTable *specifications);
/* The program has its own by now, or never will: closes PHP's. */
void igor_proc_descriptors_close(const igor_proc_descriptors *list);
void igor_proc_descriptors_free(igor_proc_descriptors *list);

/* proc_resource.c: fills $pipes, and makes the process a resource. */
zend_resource *igor_proc_resource(const igor_proc_descriptors *list, int32_t process, zend_string *command, zval *pipes);
void igor_proc_resource_startup(int module_number);

#endif
