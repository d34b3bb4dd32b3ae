// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/browse/tablepanel.h"

#include "models/items/headrowsource.h"
#include "models/items/keysetrowsource.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QLabel>
#include <QLocale>
#include <QTableView>
#include <QVBoxLayout>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

std::unique_ptr<RowSource> sourceFor(SessionPool &pool, const CatalogTable &table)
{
    if (TableQuery(table).keyColumns().isEmpty())
        return std::make_unique<HeadRowSource>(pool, table);
    return std::make_unique<KeysetRowSource>(pool, table);
}

} // namespace

TablePanel::TablePanel(SessionPool &pool, const CatalogTable &table, QWidget *parent)
    : QWidget(parent), m_pool(pool), m_table(table), m_model(new TableRowModel(sourceFor(pool, table), this)), m_view(new RowTableView(this)),
      m_message(new MessageBar(this)), m_empty(new QLabel(this)), m_count(new QLabel(this))
{
    setObjectName(u"tablePanel"_s);
    m_view->setModel(m_model);
    m_view->table()->setAccessibleName(tr("Rows of %1").arg(table.name));
    m_empty->setObjectName(u"emptySentence"_s);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    m_empty->setText(tr("Reading…"));
    m_count->setObjectName(u"rowCount"_s);
    m_count->setFont(sizedFont(font(), metrics::captionPx));
    m_count->setForegroundRole(QPalette::PlaceholderText);
    m_count->setContentsMargins(metrics::space2, metrics::space1, metrics::space2, metrics::space1);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_message);
    layout->addWidget(m_empty, 1);
    layout->addWidget(m_view, 1);
    layout->addWidget(m_count);
    m_view->hide();

    connect(m_model, &TableRowModel::extentChanged, this, &TablePanel::updateExtent);
    connect(m_model, &QAbstractItemModel::dataChanged, this, &TablePanel::acceptRows);
    connect(m_model, &TableRowModel::failed, this, [this](const Error &error) {
        m_message->showError(error, tr("Try again"));
        m_empty->setText(tr("The rows could not be read."));
        emit failed(error);
    });
    connect(m_message, &MessageBar::actionTriggered, this, &TablePanel::reload);
    connect(m_view, &RowTableView::currentRowChanged, this, &TablePanel::selectRecord);
}

TablePanel::~TablePanel()
{
    m_view->setModel(nullptr);
}

void TablePanel::reload()
{
    m_message->clear();
    m_empty->setText(tr("Reading…"));
    m_model->reload();
}

void TablePanel::updateExtent()
{
    const qint64 rows = m_model->totalRows();
    const bool isComplete = m_model->source().isComplete();
    m_view->setVisible(rows > 0);
    m_empty->setVisible(rows == 0);
    if (rows == 0 && isComplete)
        m_empty->setText(tr("This table has no rows yet."));
    const QString number = QLocale().toString(rows);
    const bool isOne = rows == 1;
    m_count->setText(!isComplete ? tr("%1 rows so far, counting…").arg(number) : isOne ? tr("1 row") : tr("%1 rows").arg(number));
    if (const QString limitation = m_model->source().limitation(); !limitation.isEmpty())
        m_message->showNote(limitation);
    if (rows > 0 && !m_isSettled)
        m_model->loadState(0); // asks for the first page, shown or not
    if (rows == 0 && isComplete && !m_isSettled) {
        m_isSettled = true;
        emit settled();
    }
}

void TablePanel::acceptRows()
{
    if (!m_isSettled && m_model->loadState(0) == TableRowModel::LoadState::Ready) {
        m_isSettled = true;
        m_view->fitColumns();
        m_view->setCurrentRow(0, 0);
        emit settled();
    }
    if (m_recordPending)
        selectRecord();
}

std::optional<Record> TablePanel::currentRecord() const
{
    const qint64 row = m_view->currentRow();
    return row < 0 ? std::nullopt : m_model->record(static_cast<int>(row - m_model->windowFirst()), m_table.name);
}

void TablePanel::selectRecord()
{
    const std::optional<Record> record = currentRecord();
    m_recordPending = !record && m_view->currentRow() >= 0;
    if (record)
        emit recordSelected(*record);
}

} // namespace turnstone
