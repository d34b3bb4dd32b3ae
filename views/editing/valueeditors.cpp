// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/editing/valueeditors.h"

#include "models/browsing/columnmeaning.h"
#include "models/core/async.h"
#include "models/edit/editsession.h"
#include "models/edit/profilevalues.h"
#include "models/edit/rowidentity.h"
#include "models/edit/valuetext.h"
#include "models/items/celltext.h"
#include "models/profiles/rowsql.h"
#include "views/editing/timeeditor.h"
#include "views/widgets/theme.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QCoreApplication>
#include <QDateTime>
#include <QKeyEvent>
#include <QStandardItemModel>
#include <QTimer>
#include <QToolTip>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int longest = 300;   // characters in a line
constexpr int mostFound = 50;  // rows that a key is chosen from
constexpr int typingMs = 150;

QString meaningIn(const EditTarget &target)
{
    const ColumnProfile *meant = meaningOf(*target.table, target.column, *target.context.profile);
    return meant ? meant->meaning : QString();
}

Result<std::vector<std::pair<Value, QString>>> findRows(Connection &connection, const DatabaseContext &context, const QString &tableName, const QString &column, const QString &text)
{
    const RowSql sql(*context.catalog, *context.profile);
    const CatalogTable *table = sql.table(tableName);
    std::vector<std::pair<Value, QString>> rows;
    if (table == nullptr)
        return rows;
    const TableProfile *known = context.profile->table(tableName);
    SqlValues values(table->engine);
    QStringList columns{RowSql::column(u"t"_s, column)};
    const QString like = values.bind(Value::text(u'%' + QString(text).replace(u'\\', u"\\\\"_s).replace(u'%', u"\\%"_s).replace(u'_', u"\\_"_s) + u'%'));
    const QString onServer = table->engine == Engine::PostgreSql ? u"::text"_s : QString();
    QStringList where{u"%1%2 LIKE %3 ESCAPE '\\'"_s.arg(columns.front(), onServer, like)};
    for (const LabelTemplate::Part &part : known ? known->label.parts() : std::vector<LabelTemplate::Part>()) {
        if (part.alternatives.empty())
            continue;
        const QString label = sql.labelPart(part, *table, u"t"_s);
        columns.append(label);
        where.append(u"lower(%1%2) LIKE lower(%3) ESCAPE '\\'"_s.arg(label, onServer, like));
    }
    const QString statement = u"SELECT %1 FROM %2 AS t WHERE %3 ORDER BY 1 LIMIT %4"_s.arg(columns.join(u", "_s), sql.tableName(*table), where.join(u" OR "_s)).arg(mostFound);
    const Result<> read = connection.forEachRow(statement, values.values(), [&](const RowBlock &block, int row) {
        QStringList parts;
        for (int i = 1; i < block.columnCount(); ++i)
            parts.append(block.at(row, i).isNull() ? QString() : Value(block.at(row, i)).toDisplayText());
        rows.emplace_back(Value(block.at(row, 0)), known ? known->label.render(parts) : QString());
        return true;
    });
    return read ? Result<std::vector<std::pair<Value, QString>>>(std::move(rows)) : failure(read);
}

void mark(QWidget &editor, bool isWrong)
{
    QPalette palette = editor.parentWidget() ? editor.parentWidget()->palette() : QPalette();
    if (isWrong) {
        QColor tint = Tokens::of(palette).bad;
        const QColor ground = palette.color(QPalette::Base);
        const auto mixed = [](int a, int b) { return (a * 20 + b * 80) / 100; };
        palette.setColor(QPalette::Base, QColor(mixed(tint.red(), ground.red()), mixed(tint.green(), ground.green()), mixed(tint.blue(), ground.blue())));
    }
    editor.setPalette(palette);
}

} // namespace

ValueCheck checkOf(const EditTarget &target)
{
    return [target](const Value &value) -> std::optional<RuleBreach> {
        const std::map<QString, Value> row = target.context.edits ? target.context.edits->buffer().valuesAfter(target.image) : target.image.values;
        const PlannedEdit plan = planEdit(*target.table, tableProfile(*target.context.profile, *target.table), row, {{target.column, value}}, QDateTime::currentDateTimeUtc());
        if (plan.breaches.empty())
            return std::nullopt;
        const RuleBreach *refusal = plan.refusal();
        return refusal ? *refusal : plan.breaches.front();
    };
}

void showBreach(QLineEdit &editor, const std::optional<RuleBreach> &breach)
{
    mark(editor, breach && !breach->isWarning);
    if (breach)
        QToolTip::showText(editor.mapToGlobal(QPoint(0, editor.height())), breach->rule.isEmpty() ? breach->sentence : breach->sentence + u'\n' + LineEditor::tr("Rule: %1").arg(breach->rule), &editor);
    else
        QToolTip::hideText();
    editor.setAccessibleDescription(breach ? breach->sentence : QString());
}

LineEditor::LineEditor(const EditTarget &target, const Value &now, QWidget *parent) : QLineEdit(parent), m_target(target), m_now(now), m_meaning(meaningIn(target)), m_check(checkOf(target))
{
    setObjectName(u"valueEditor"_s);
    setAccessibleName(tr("Value of %1").arg(target.column));
    setFrame(false);
    setText(editableText(now));
    setPlaceholderText(now.isNull() ? u"NULL"_s : tr("empty"));
    setAutoFillBackground(true);
    selectAll();
    connect(this, &QLineEdit::textEdited, this, [this] {
        m_isTouched = true;
        check();
    });
}

Result<Value> LineEditor::value() const
{
    const ColumnKind kind = columnKind(*m_target.table, m_target.column, m_meaning);
    const bool takesEmpty = kind == ColumnKind::Text || kind == ColumnKind::Any;
    if (text().isEmpty() && !takesEmpty)
        return failure(ErrorCode::InvalidInput, tr("%1 cannot be empty. NULL has a key of its own in the menu Edit.").arg(m_target.column));
    return valueFromText(text(), *m_target.table, m_target.column, m_meaning, m_now);
}

void LineEditor::check()
{
    const Result<Value> now = value();
    showBreach(*this, now ? m_check(*now) : std::optional(RuleBreach{m_target.column, {}, now.error().message, false}));
}

ChoiceEditor::ChoiceEditor(const std::vector<std::pair<QString, Value>> &choices, bool isNullable, const std::optional<Value> &now, const QString &otherwise, QWidget *parent) : QComboBox(parent)
{
    setObjectName(u"valueEditor"_s);
    setAccessibleName(tr("Value"));
    setFrame(false);
    bool isKnown = !now;
    const auto add = [&](const QString &text, const Value &value) {
        addItem(text);
        m_values.push_back(value);
        if (now && value == *now) {
            setCurrentIndex(count() - 1);
            isKnown = true;
        }
    };
    const bool hasOtherwise = !otherwise.isEmpty();
    if (hasOtherwise) {
        addItem(otherwise);
        m_values.push_back(Value::null());
    }
    for (const auto &[text, value] : choices)
        add(text, value);
    if ((isNullable && otherwise != u"NULL") || (now && now->isNull()))
        add(u"NULL"_s, Value::null());
    if (!isKnown) // stored, though not among those that are known
        add(now->toDisplayText(), *now);
    const auto touch = [this, hasOtherwise] { m_isTouched = !hasOtherwise || currentIndex() > 0; };
    connect(this, &QComboBox::activated, this, touch);
    connect(this, &QComboBox::currentIndexChanged, this, touch);
}

Result<Value> ChoiceEditor::value() const
{
    return m_values[static_cast<std::size_t>(std::max(currentIndex(), 0))];
}

ReferenceEditor::ReferenceEditor(const EditTarget &target, const QString &referencedTable, const QString &referencedColumn, const Value &now, QWidget *parent)
    : QLineEdit(parent), m_target(target), m_table(referencedTable), m_column(referencedColumn), m_now(now), m_found(new QStandardItemModel(this)), m_completer(new QCompleter(m_found, this)),
      m_wait(new QTimer(this))
{
    setObjectName(u"valueEditor"_s);
    setAccessibleName(tr("%1: a row of %2").arg(target.column, referencedTable));
    setFrame(false);
    setAutoFillBackground(true);
    setText(editableText(now));
    setPlaceholderText(tr("Find in %1").arg(referencedTable));
    selectAll();
    m_completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    m_completer->popup()->setObjectName(u"referencePopup"_s);
    m_completer->popup()->setAccessibleName(tr("Rows of %1").arg(referencedTable));
    m_completer->setWidget(this);
    connect(m_completer, qOverload<const QModelIndex &>(&QCompleter::activated), this, [this](const QModelIndex &index) {
        m_chosen = index.data(Qt::UserRole).value<Value>();
        m_isTouched = true;
        setText(editableText(*m_chosen));
        setToolTip(index.data().toString());
    });
    m_wait->setSingleShot(true);
    m_wait->setInterval(typingMs);
    connect(m_wait, &QTimer::timeout, this, &ReferenceEditor::find);
    connect(this, &QLineEdit::textEdited, this, [this] {
        m_isTouched = true;
        m_chosen.reset();
        m_wait->start();
    });
    m_wait->start();
}

ReferenceEditor::~ReferenceEditor()
{
    m_stop.request_stop();
}

void ReferenceEditor::find()
{
    m_stop.request_stop();
    m_stop = {};
    // What stands there at the start is no search.
    const QString wanted = m_isTouched ? text().trimmed() : QString();
    const auto job = [context = m_target.context, table = m_table, column = m_column, wanted](Connection &connection) { return findRows(connection, context, table, column, wanted); };
    onResult(m_target.context.pool->read(job, m_stop.get_token()), this, [this, token = m_stop.get_token()](const Result<std::vector<std::pair<Value, QString>>> &rows) {
        if (token.stop_requested() || !rows || m_chosen)
            return;
        m_found->clear();
        for (const auto &[key, label] : *rows) {
            const QString text = key.toDisplayText().left(40);
            auto *item = new QStandardItem(label.isEmpty() || label == text ? text : text + u" · "_s + label.simplified().left(120));
            item->setData(QVariant::fromValue(key), Qt::UserRole);
            m_found->appendRow(item);
        }
        if (m_found->rowCount() > 0 && hasFocus()) {
            m_completer->popup()->setMinimumWidth(scaled(320));
            m_completer->complete();
        }
    });
}

void ReferenceEditor::waitForUser()
{
    m_wait->stop();
}

void ReferenceEditor::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Down && event->modifiers() == Qt::NoModifier && !m_completer->popup()->isVisible())
        find();
    else
        QLineEdit::keyPressEvent(event);
}

Result<Value> ReferenceEditor::value() const
{
    if (m_chosen)
        return *m_chosen;
    return valueFromText(text(), *m_target.table, m_target.column, {}, m_now);
}

QWidget *makeChooser(const EditTarget &target, const std::optional<Value> &now, const QString &otherwise, QWidget *parent)
{
    const QString meaning = meaningIn(target);
    const CatalogColumn *column = target.table->column(target.column);
    const bool isNullable = column != nullptr && !column->notNull;
    const EditRules rules(*target.table, tableProfile(*target.context.profile, *target.table));
    std::vector<std::pair<QString, Value>> choices;
    for (const auto &[value, words] : rules.choices(target.column)) {
        if (const Result<Value> stored = valueFromText(value, *target.table, target.column, meaning))
            choices.emplace_back(words == value || words.isEmpty() ? value : value + u" · "_s + words, *stored);
    }
    if (choices.empty() && columnKind(*target.table, target.column, meaning) == ColumnKind::Boolean) {
        const bool isServer = target.table->engine == Engine::PostgreSql;
        choices = {{QCoreApplication::translate("ValueEditors", "✓ true"), isServer ? Value::text(QByteArray("t")) : Value::integer(1)},
                   {QCoreApplication::translate("ValueEditors", "– false"), isServer ? Value::text(QByteArray("f")) : Value::integer(0)}};
    }
    if (!choices.empty())
        return new ChoiceEditor(choices, isNullable, now, otherwise, parent);
    const ColumnReference reference = referenceOf(*target.table, target.column, *target.context.catalog, *target.context.profile);
    return reference.isEmpty() ? nullptr : new ReferenceEditor(target, reference.table, reference.column, now.value_or(Value()), parent);
}

QWidget *makeLineEditor(const EditTarget &target, const Value &now, QWidget *parent)
{
    if (QWidget *chooser = makeChooser(target, now, {}, parent))
        return chooser;
    const QString meaning = meaningIn(target);
    const ColumnKind kind = columnKind(*target.table, target.column, meaning);
    const CatalogColumn *column = target.table->column(target.column);
    if (const std::optional<StoredTime::Unit> unit = StoredTime::unitOf(meaning, column != nullptr ? column->type : QString())) {
        const Value form = now.isNull() ? momentFor(*target.table, tableProfile(*target.context.profile, *target.table), target.column, QDateTime::currentDateTimeUtc()) : now;
        if (const std::optional<StoredTime> time = StoredTime::read(form, *unit))
            return new TimeEditor(target, now, *time, parent);
    }
    static const QStringList large = {u"markdown"_s, u"template"_s, u"json"_s, u"chat-messages"_s, u"openai-response"_s, u"vector"_s};
    const QString text = editableText(now);
    const bool isOneLine = std::ranges::none_of(text, [](QChar c) { return c < u' ' || c == QChar::LineSeparator || c == QChar::ParagraphSeparator; });
    const bool isLarge = large.contains(meaning) || meaning.startsWith(u"code:"_s) || kind == ColumnKind::Json || kind == ColumnKind::Bytes || now.type() == ValueType::Blob || text.size() > longest || !isOneLine || (now.type() == ValueType::Text && text.toUtf8() != now.bytes());
    return isLarge ? nullptr : new LineEditor(target, now, parent);
}

ValueEditor *valueEditorOf(QWidget *widget)
{
    return dynamic_cast<ValueEditor *>(widget);
}

} // namespace turnstone
