// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/recordteller.h"

#include "models/browsing/recordidentity.h"
#include "models/core/async.h"
#include "views/panels/panel.h"

namespace turnstone {

RecordTeller::RecordTeller(Panel &panel) : QObject(&panel), m_panel(panel) {}

RecordTeller::~RecordTeller()
{
    m_stop.request_stop();
}

void RecordTeller::tell(const QString &table, const RowKey &key)
{
    m_stop.request_stop();
    m_stop = {};
    const DatabaseContext &context = m_panel.context();
    const CatalogTable *known = context.catalog->table(table, context.profile->schema);
    if (known == nullptr || key.empty())
        return;
    onResult(rowKeyOf(context, *known, key), this, [this, known, token = m_stop.get_token()](const Result<RowKey> &rowKey) {
        if (!rowKey || token.stop_requested())
            return;
        onResult(readRecord(*m_panel.context().pool, *known, *rowKey, token), this, [this, token](const Result<Record> &record) {
            if (!record || token.stop_requested())
                return;
            m_record = *record;
            emit m_panel.recordSelected(*m_record);
        });
    });
}

} // namespace turnstone
