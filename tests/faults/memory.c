/* Memory runs out at each allocation in turn, in each verb. */
#include "faults.h"

int main(void)
{
    return faults_run(FAULT_MEMORY);
}
