/* Each read fails in turn, and each file that is opened. */
#include "faults.h"

int main(void)
{
    return faults_run(FAULT_READ);
}
