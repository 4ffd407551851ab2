/* Each write fails in turn, and each file that is made, renamed, synced or deleted. */
#include "faults.h"

int main(void)
{
    return faults_run(FAULT_DISK);
}
