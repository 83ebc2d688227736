/* The response of the current request: gathers head and output, so that a typical page is one call to the host. */
#ifndef IGOR_RESPONSE_H
#define IGOR_RESPONSE_H

#include "igor.h"

void igor_response_begin(void);

/* Keeps the head until the next flush or the end. */
void igor_response_set_head(int status, const sapi_headers_struct *headers);

/* Sends an informational head (1xx) at once; the real one follows. */
void igor_response_inform(int status, const sapi_headers_struct *headers);

/* For a failure that PHP itself does not report by a status. Without effect once the head has been sent. */
void igor_response_override_status(int status);

/* Status 500 if the script died of an error, has chosen no status itself, and nothing has been sent yet. */
void igor_response_mark_failure(void);

/* Both return false once the client went away. */
bool igor_response_write(const char *bytes, size_t length);
bool igor_response_flush(void);

/* Sends what is left, with IGOR_RESPONSE_END. Does nothing when no request is open. */
void igor_response_end(void);

#endif
