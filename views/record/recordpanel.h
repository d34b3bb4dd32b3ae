// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/database/sessionpool.h"
#include "models/items/record.h"

#include <QWidget>

#include <optional>
#include <stop_token>

class QLabel;
class QPlainTextEdit;
class QThreadPool;
class QTreeWidget;

namespace turnstone {

class MessageBar;

/// The current record: its fields, and the chosen one's value below. GUI thread only.
class RecordPanel final : public QWidget
{
    Q_OBJECT

public:
    explicit RecordPanel(QThreadPool &workers, QWidget *parent = nullptr);
    ~RecordPanel() override;

    /// Shows at once what `record` holds and reads its long values when they are chosen. `pool` must
    /// live until clear() or another record.
    void showRecord(SessionPool &pool, const CatalogTable &table, const Record &record);
    void clear();

private:
    void showField(int field);
    void showValue(const Value &value, const QString &typeName);

    QThreadPool &m_workers;
    QLabel *m_title;
    MessageBar *m_message;
    QTreeWidget *m_fields;
    QLabel *m_about;
    QPlainTextEdit *m_text;
    SessionPool *m_pool = nullptr;
    CatalogTable m_table;
    std::optional<Record> m_record;
    std::stop_source m_stop;
    quint64 m_generation = 0;
};

} // namespace turnstone
