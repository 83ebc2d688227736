/*
 * The C stacks of Fibers. PHP gets them from mmap(), which in WASM zeroes all of them, 192 KB with the guard page that
 * protects nothing here: too much for programs with thousands of fibers. So each fiber gets another stack, costing only
 * what it touches. A few dozen fibers get large ones, for recursion as deep as in the main script; with more of those,
 * 10,000 fibers would not fit into the address space. A fatal error leaves suspended fibers behind, and PHP leaves their
 * stacks, because its process ends soon; ours does not: they are freed after the request.
 */
#include "igor.h"
#include "zend_fibers.h"
#include "zend_observer.h"
#include <sys/mman.h>
#include <ucontext.h>

#define WASM_PAGE 65536
/* Below a stack: using more than this damages other memory. */
#define GUARD_SIZE 16384
#define INTACT 0x1690f1be
/* Deep recursion through internal functions hits the engine's own limit before it needs more. */
#define LARGE_SIZE (512 * 1024)
/* How many fibers have large stacks; the others have fiber.stack_size. */
#define MAX_LARGE 32
/* How many stacks of each size are kept for the next fibers. */
#define MAX_SPARE 64

/* What zend_fibers.c keeps private, without valgrind and ASAN: checked against the context before it is used. */
struct _zend_fiber_stack {
	void *pointer;
	size_t size;
	ucontext_t context;
};

typedef struct _fiber_memory {
	struct _fiber_memory *previous;
	struct _fiber_memory *next;
	size_t size; /* of the stack */
	void *context;
	uint32_t *canary; /* the word below the stack */
} fiber_memory;

typedef struct {
	fiber_memory *first;
	uint32_t count;
} fiber_memory_list;

static fiber_memory *used;
static uint32_t large_count;
/* All of a list are of the same size. */
static fiber_memory_list spare_large;
static fiber_memory_list spare_small;

static bool is_large(size_t size)
{
	return size >= LARGE_SIZE;
}

static fiber_memory_list *spare_of(size_t size)
{
	return is_large(size) ? &spare_large : &spare_small;
}

static fiber_memory *take_memory(size_t least)
{
	size_t size = large_count < MAX_LARGE && least < LARGE_SIZE ? LARGE_SIZE : least;
	fiber_memory_list *spare = spare_of(size);
	fiber_memory *memory = spare->first;

	if (memory != NULL && memory->size == size) {
		spare->first = memory->next;
		spare->count--;
	} else {
		memory = malloc(sizeof(fiber_memory) + GUARD_SIZE + size);
		if (memory == NULL) {
			return NULL;
		}
		memory->size = size;
		memory->canary = (uint32_t *) ((char *) (memory + 1) + GUARD_SIZE) - 1;
		*memory->canary = INTACT;
	}
	memory->previous = NULL;
	memory->next = used;
	if (used != NULL) {
		used->previous = memory;
	}
	used = memory;
	large_count += is_large(size);
	return memory;
}

static void give_memory(fiber_memory *memory)
{
	fiber_memory_list *spare = spare_of(memory->size);

	large_count -= is_large(memory->size);
	if (memory->previous != NULL) {
		memory->previous->next = memory->next;
	} else {
		used = memory->next;
	}
	if (memory->next != NULL) {
		memory->next->previous = memory->previous;
	}
	if (spare->count == MAX_SPARE || (spare->first != NULL && spare->first->size != memory->size)) {
		free(memory);
		return;
	}
	memory->next = spare->first;
	spare->first = memory;
	spare->count++;
}

/* NULL: one of PHP's own stacks. `context` is a fiber's, not the script's. */
static fiber_memory *memory_of(zend_fiber_context *context)
{
	return (fiber_memory *) ((ucontext_t *) context->handle)->uc_link;
}

static void fiber_created(zend_fiber_context *context)
{
	zend_fiber_stack *stack = context->stack;
	ucontext_t *handle = context->handle;
	fiber_memory *memory;

	if (handle != &stack->context || handle->uc_link != NULL || handle->uc_stack.ss_sp != stack->pointer
		|| handle->uc_stack.ss_size != stack->size) {
		return;
	}
	memory = take_memory(stack->size);
	if (memory == NULL) {
		return;
	}
	if (munmap((char *) stack->pointer - WASM_PAGE, stack->size + WASM_PAGE) != 0) {
		give_memory(memory);
		return;
	}
	memory->context = handle;
	handle->uc_link = (ucontext_t *) memory;
	stack->pointer = memory->canary + 1;
	stack->size = memory->size;
	handle->uc_stack.ss_sp = stack->pointer;
	handle->uc_stack.ss_size = stack->size;
}

/* Whenever a fiber is left, also at its end. One that overran its stack may have damaged anything: the thread ends. */
static void fiber_left(zend_fiber_context *from, zend_fiber_context *to)
{
	fiber_memory *memory;

	if (from == EG(main_fiber_context)) {
		return;
	}
	memory = memory_of(from);
	if (memory != NULL && *memory->canary != INTACT) {
		static const char message[] = "A fiber has used more than its C stack, as deep recursion through internal "
			"functions does. The thread ends. Raise fiber.stack_size.";
		igor_host_log(8, message, sizeof(message) - 1, NULL, 0);
		__builtin_trap();
	}
}

static void fiber_destroyed(zend_fiber_context *context)
{
	fiber_memory *memory = memory_of(context);

	igor_host_fiber_destroyed(context->handle);
	if (memory != NULL) {
		give_memory(memory);
		/* PHP unmaps from one page below: nothing is mapped at 0. */
		context->stack->pointer = (void *) WASM_PAGE;
	}
}

void igor_fibers_install(void)
{
	zend_observer_fiber_init_register(fiber_created);
	zend_observer_fiber_switch_register(fiber_left);
	zend_observer_fiber_destroy_register(fiber_destroyed);
}

void igor_fibers_end_request(void)
{
	while (used != NULL) {
		igor_host_fiber_destroyed(used->context);
		give_memory(used);
	}
}
