// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/record/recordpanel.h"

#include "models/core/async.h"
#include "models/items/celltext.h"
#include "models/items/tablerowmodel.h"
#include "views/record/jsonlayout.h"
#include "views/widgets/celldelegate.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSplitter>
#include <QThreadPool>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <QtConcurrent>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype shownCharacters = 1'000'000;
// A text widget lays out a line as a whole; longer ones are broken for the display.
constexpr qsizetype longestLine = 5'000;

struct Reading
{
    QString text;
    QString about;
    bool isCode = false;
};

Reading read(const Value &value, const QString &typeName)
{
    Reading reading;
    const CellText cell = CellText::of(value.ref(), typeName);
    switch (cell.kind) {
    case CellKind::Null: reading.about = QObject::tr("NULL: no value"); return reading;
    case CellKind::Empty: reading.about = QObject::tr("Empty text"); return reading;
    case CellKind::Bytes:
    case CellKind::Undecodable: {
        reading.about = cell.kind == CellKind::Bytes ? QObject::tr("%1 of bytes, in hex").arg(sizeText(storedBytes(value.bytes().size(), typeName)))
                                                     : QObject::tr("%1 that are no UTF-8 text, in hex").arg(sizeText(value.bytes().size()));
        reading.isCode = true;
        const QByteArray hex = typeName == u"bytea"_s ? value.bytes().mid(2, 64 * 1024) : value.bytes().left(32 * 1024).toHex();
        for (qsizetype i = 0; i < hex.size(); i += 2)
            reading.text += QString::fromLatin1(hex.mid(i, 2)) + (i % 32 == 30 ? u'\n' : u' ');
        return reading;
    }
    case CellKind::Number:
    case CellKind::Boolean: reading.text = value.toDisplayText(); return reading;
    case CellKind::Text:
    case CellKind::Code: break;
    }
    const QByteArray json = laidOutJson(value.bytes());
    reading.isCode = !json.isNull() || cell.kind == CellKind::Code;
    reading.text = decodedText(json.isNull() ? value.bytes() : json);
    const QString size = value.bytes().size() >= 200 ? u" · "_s + sizeText(value.bytes().size()) : QString();
    reading.about = (json.isNull() ? QObject::tr("Text") : u"JSON"_s) + size;
    if (reading.text.size() > shownCharacters) {
        reading.text.truncate(shownCharacters);
        reading.about += QObject::tr(" · the first million characters");
    }
    qsizetype lineStart = 0;
    for (qsizetype i = 0; i < reading.text.size(); ++i) {
        if (reading.text[i] == u'\n') {
            lineStart = i + 1;
        } else if (i - lineStart >= longestLine) {
            reading.text.insert(i, u'\n');
            lineStart = i + 1;
        }
    }
    return reading;
}

} // namespace

RecordPanel::RecordPanel(QThreadPool &workers, QWidget *parent)
    : QWidget(parent), m_workers(workers), m_title(new QLabel(this)), m_message(new MessageBar(this)), m_fields(new QTreeWidget(this)),
      m_about(new QLabel(this)), m_text(new QPlainTextEdit(this))
{
    setObjectName(u"recordPanel"_s);
    m_title->setObjectName(u"recordTitle"_s);
    m_title->setFont(sizedFont(font(), metrics::headingPx, QFont::DemiBold));
    m_title->setTextFormat(Qt::PlainText);
    m_title->setContentsMargins(metrics::space3, metrics::space2, metrics::space3, metrics::space2);
    m_fields->setObjectName(u"recordFields"_s);
    m_fields->setAccessibleName(tr("Fields of the record"));
    m_fields->setColumnCount(2);
    m_fields->setHeaderHidden(true);
    m_fields->setRootIsDecorated(false);
    m_fields->setUniformRowHeights(true);
    auto *delegate = new CellDelegate(m_fields);
    delegate->setFormAlignment(true);
    m_fields->setItemDelegate(delegate);
    m_about->setObjectName(u"valueAbout"_s);
    m_about->setFont(sizedFont(font(), metrics::captionPx));
    m_about->setForegroundRole(QPalette::PlaceholderText);
    m_about->setContentsMargins(metrics::space3, metrics::space2, metrics::space3, metrics::space1);
    m_text->setObjectName(u"valueText"_s);
    m_text->setAccessibleName(tr("Value of the chosen field"));
    m_text->setReadOnly(true);
    m_text->document()->setDocumentMargin(metrics::space3);

    auto *reading = new QWidget(this);
    auto *readingLayout = new QVBoxLayout(reading);
    readingLayout->setContentsMargins(0, 0, 0, 0);
    readingLayout->setSpacing(0);
    readingLayout->addWidget(m_about);
    readingLayout->addWidget(m_text, 1);
    auto *splitter = new QSplitter(Qt::Vertical, this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(m_fields);
    splitter->addWidget(reading);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_title);
    layout->addWidget(m_message);
    layout->addWidget(splitter, 1);
    connect(m_fields, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem *item) {
        if (item != nullptr)
            showField(m_fields->indexOfTopLevelItem(item));
    });
    clear();
}

RecordPanel::~RecordPanel()
{
    m_stop.request_stop();
}

void RecordPanel::clear()
{
    m_stop.request_stop();
    ++m_generation;
    m_pool = nullptr;
    m_record.reset();
    m_fields->clear();
    m_text->clear();
    m_message->clear();
    m_title->setText(tr("No record"));
    m_about->setText(tr("Choose a row to read it here."));
}

void RecordPanel::showRecord(SessionPool &pool, const CatalogTable &table, const Record &record)
{
    const bool sameTable = m_record && m_record->table == record.table && m_pool == &pool;
    const int chosen = sameTable && m_fields->currentItem() != nullptr ? m_fields->indexOfTopLevelItem(m_fields->currentItem()) : -1;
    clear();
    m_pool = &pool;
    m_table = table;
    m_record = record;
    m_title->setText(record.key.empty() ? record.table : record.table + u"  "_s + record.keyText());
    int longest = 0;
    qint64 mostBytes = -1;
    for (const RecordField &field : record.fields) {
        auto *item = new QTreeWidgetItem(m_fields);
        const CellText cell = CellText::of(field.value.ref(), field.column.typeName, field.isWhole());
        item->setText(0, field.column.name);
        item->setToolTip(0, field.column.typeName);
        item->setText(1, cell.kind == CellKind::Null ? u"NULL"_s
                          : cell.kind == CellKind::Bytes || cell.kind == CellKind::Undecodable ? u"bytes · %1"_s.arg(storedBytes(field.fullBytes, field.column.typeName)) : cell.text);
        item->setData(1, TableRowModel::KindRole, QVariant::fromValue(cell.kind));
        item->setData(1, TableRowModel::TypeRole, field.column.typeName);
        item->setData(1, TableRowModel::FullBytesRole, field.fullBytes);
        item->setData(1, TableRowModel::WholeRole, field.isWhole());
        if (field.fullBytes > mostBytes && field.value.type() == ValueType::Text) {
            mostBytes = field.fullBytes;
            longest = m_fields->topLevelItemCount() - 1;
        }
    }
    m_fields->resizeColumnToContents(0);
    m_fields->setColumnWidth(0, std::min(m_fields->columnWidth(0), 150));
    if (QTreeWidgetItem *item = m_fields->topLevelItem(chosen >= 0 ? chosen : longest))
        m_fields->setCurrentItem(item);
}

void RecordPanel::showField(int field)
{
    if (!m_record || field < 0 || field >= static_cast<int>(m_record->fields.size()))
        return;
    m_stop.request_stop();
    m_stop = {};
    const quint64 generation = ++m_generation;
    const RecordField &chosen = m_record->fields[static_cast<std::size_t>(field)];
    if (chosen.isWhole() || m_record->key.empty() || m_pool == nullptr) {
        showValue(chosen.value, chosen.column.typeName);
        return;
    }
    m_about->setText(tr("Reading %1…").arg(sizeText(chosen.fullBytes)));
    onResult(readValue(*m_pool, m_table, m_record->key, field, m_stop.get_token()), this,
             [this, generation, type = chosen.column.typeName](const Result<Value> &value) {
                 if (generation != m_generation)
                     return;
                 if (value) {
                     m_message->clear();
                     showValue(*value, type);
                 } else if (value.error().code != ErrorCode::Cancelled) {
                     m_message->showError(value.error());
                 }
             });
}

void RecordPanel::showValue(const Value &value, const QString &typeName)
{
    onResult(QtConcurrent::run(&m_workers, [value, typeName] { return read(value, typeName); }), this,
             [this, generation = m_generation](const Reading &reading) {
                 if (generation != m_generation)
                     return;
                 m_about->setText(reading.about);
                 m_about->setVisible(!reading.about.isEmpty());
                 m_text->setFont(reading.isCode ? fixedFont() : sizedFont(font(), metrics::readingPx));
                 m_text->setPlainText(reading.text);
             });
}

} // namespace turnstone
