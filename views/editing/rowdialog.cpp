// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/editing/rowdialog.h"

#include "models/browsing/columnmeaning.h"
#include "models/edit/editsession.h"
#include "models/edit/profilevalues.h"
#include "models/edit/rowidentity.h"
#include "models/edit/valuetext.h"
#include "views/editing/valueeditors.h"
#include "views/widgets/theme.h"

#include <QComboBox>
#include <QDateTime>
#include <QEvent>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace turnstone {

using namespace Qt::StringLiterals;

RowDialog::RowDialog(const DatabaseContext &context, const CatalogTable &table, const std::map<QString, Value> &begin, QWidget *parent)
    : QDialog(parent), m_context(context), m_table(table), m_given(begin), m_state(new QLabel(this))
{
    setObjectName(u"rowDialog"_s);
    const TableProfile *profile = tableProfile(*context.profile, table);
    setWindowTitle(tr("Add a row to %1").arg(table.name));
    resize(scaled(520), scaled(520));
    const std::map<QString, Value> defaults = applicationDefaults(table, profile, begin, QDateTime::currentDateTimeUtc());
    QWidget *first = nullptr; // that has to be written
    auto *form = new QWidget(this);
    auto *fields = new QFormLayout(form);
    fields->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    for (const CatalogColumn &column : table.columns) {
        if (!columnRefusal(table, column.name).isEmpty())
            continue;
        const auto given = begin.find(column.name);
        const auto usual = defaults.find(column.name);
        const bool isNumbered = column.name == table.rowidAlias();
        const QString otherwise = usual != defaults.end() ? tr("%1, as the application does").arg(usual->second.toDisplayText())
                                  : column.defaultSql     ? tr("%1, as the database does").arg(*column.defaultSql)
                                  : isNumbered            ? tr("numbered by the database")
                                  : column.notNull        ? tr("needed")
                                                          : u"NULL"_s;
        QWidget *field = makeField(column, otherwise, form);
        const ColumnProfile *meant = profile ? profile->column(column.name) : nullptr;
        QString tip = column.type;
        if (meant && !meant->about.isEmpty())
            tip += u'\n' + meant->about;
        const auto choices = EditRules(table, profile).choices(column.name);
        for (const auto &[value, words] : choices)
            tip += u'\n' + value + (words == value ? QString() : u" · "_s + words);
        field->setToolTip(tip);
        fields->addRow(meant && !meant->title.isEmpty() ? meant->title : column.name, field);
        m_fields.emplace(column.name, field);
        if (first == nullptr && !isNumbered && given == begin.end() && usual == defaults.end() && !column.defaultSql && column.notNull)
            first = field;
    }
    auto *area = new QScrollArea(this);
    area->setWidget(form);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    m_state->setObjectName(u"rowState"_s);
    m_state->setWordWrap(true);
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, Tokens::of(colors).bad);
    m_state->setPalette(colors);
    auto *add = new QPushButton(tr("Add"), this);
    add->setObjectName(u"addRow"_s);
    add->setDefault(true);
    auto *cancel = new QPushButton(tr("Cancel"), this);
    cancel->setObjectName(u"cancelRow"_s);
    auto *foot = new QHBoxLayout;
    foot->addStretch(1);
    foot->addWidget(cancel);
    foot->addWidget(add);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(area, 1);
    layout->addWidget(m_state);
    layout->addLayout(foot);
    if (first != nullptr)
        first->setFocus();
    connect(add, &QPushButton::clicked, this, &RowDialog::stage);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
}

QWidget *RowDialog::makeField(const CatalogColumn &column, const QString &otherwise, QWidget *parent)
{
    const auto found = m_given.find(column.name);
    std::optional<Value> given;
    if (found != m_given.end() && !(found->second.isNull() && otherwise == u"NULL"))
        given = found->second;
    const auto forget = [this, name = column.name] { m_given.erase(name); };
    QWidget *field = makeChooser({m_context, &m_table, {}, column.name}, given, otherwise, parent);
    if (auto *choice = qobject_cast<QComboBox *>(field)) {
        choice->setFrame(true);
        choice->setFocusPolicy(Qt::StrongFocus);
        choice->installEventFilter(this);
        connect(choice, &QComboBox::currentIndexChanged, this, forget);
    } else {
        auto *line = qobject_cast<QLineEdit *>(field);
        if (auto *reference = qobject_cast<ReferenceEditor *>(field)) {
            reference->waitForUser();
            reference->setFrame(true);
            reference->setPlaceholderText(otherwise + u" · "_s + reference->placeholderText());
        } else {
            line = new QLineEdit(parent);
            line->setText(given ? editableText(*given) : QString());
            line->setPlaceholderText(!given ? otherwise : given->isNull() ? u"NULL"_s : tr("empty"));
            field = line;
        }
        connect(line, &QLineEdit::textChanged, this, forget);
    }
    field->setObjectName(u"field."_s + column.name);
    field->setAccessibleName(column.name);
    return field;
}

bool RowDialog::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::Wheel)
        return QDialog::eventFilter(watched, event);
    event->ignore(); // The form scrolls; it chooses nothing.
    return true;
}

void RowDialog::stage()
{
    std::map<QString, Value> values = m_given;
    for (const auto &[column, field] : m_fields) {
        const auto *line = qobject_cast<const QLineEdit *>(field);
        const ValueEditor *chooser = valueEditorOf(field);
        if (m_given.contains(column) || (line != nullptr ? line->text().isEmpty() : !chooser->isTouched()))
            continue;
        const ColumnProfile *meant = meaningOf(m_table, column, *m_context.profile);
        const Result<Value> value = chooser != nullptr ? chooser->value() : valueFromText(line->text(), m_table, column, meant ? meant->meaning : QString());
        if (!value) {
            m_state->setText(value.error().message);
            field->setFocus();
            return;
        }
        values[column] = *value;
    }
    const EditSession::Intent intent = m_context.edits->stageAddition(m_table, values);
    if (intent.kind == EditSession::Intent::Kind::Staged) {
        accept();
        return;
    }
    m_state->setText(intent.rule.isEmpty() ? intent.sentence : intent.sentence + u" ("_s + intent.rule + u')');
}

} // namespace turnstone
