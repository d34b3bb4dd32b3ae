// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/similarity/questionbar.h"

#include "views/widgets/flowlayout.h"
#include "views/widgets/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

namespace turnstone {

using namespace Qt::StringLiterals;
using similarity::Metric;

namespace {

template<typename T>
T *named(T *widget, const QString &objectName, const QString &accessibleName)
{
    widget->setObjectName(objectName);
    widget->setAccessibleName(accessibleName);
    return widget;
}

} // namespace

QuestionBar::QuestionBar(QWidget *parent)
    : QWidget(parent), m_columns(named(new QComboBox(this), u"vectorColumn"_s, tr("Column of vectors"))), m_text(named(new QLineEdit(this), u"similarityText"_s, tr("Text or vector to search for"))),
      m_ask(named(new QPushButton(tr("Search"), this), u"askSimilar"_s, tr("Search"))), m_file(named(new QToolButton(this), u"loadVector"_s, tr("Load a vector from a file"))),
      m_duplicates(named(new QPushButton(tr("Near-duplicates"), this), u"findDuplicates"_s, tr("Find near-duplicates"))),
      m_endpoint(named(new QToolButton(this), u"embeddingEndpoint"_s, tr("Set up searching by meaning of texts"))), m_stop(named(new QPushButton(tr("Stop"), this), u"stopSearch"_s, tr("Stop searching"))),
      m_subject(new QLabel(this)), m_within(named(new QComboBox(this), u"withinConversation"_s, tr("Which conversations"))), m_metric(named(new QComboBox(this), u"similarityMetric"_s, tr("Metric"))),
      m_least(named(new QDoubleSpinBox(this), u"leastScore"_s, tr("Least score"))), m_count(named(new QSpinBox(this), u"hitCount"_s, tr("Number of hits"))),
      m_exact(named(new QCheckBox(tr("Exact"), this), u"exactSearch"_s, tr("Search exactly, without an index"))), m_where(named(new QLineEdit(this), u"similarityFilter"_s, tr("Condition in SQL")))
{
    m_text->setPlaceholderText(tr("A text, or a vector [0.1, 0.2, …]"));
    m_text->setClearButtonEnabled(true);
    m_file->setText(tr("File…"));
    m_endpoint->setText(tr("Meaning…"));
    m_endpoint->setToolTip(tr("Embed texts with a server of yours, so that they are searched by meaning"));
    m_file->setToolTip(tr("Load a vector from a file: JSON, or float32 numbers"));
    m_duplicates->setToolTip(tr("Group all records whose score reaches the bar, as the application sets it or as set below"));
    m_ask->setToolTip(tr("Search (Return)"));
    m_stop->setToolTip(tr("Stop searching; what was found so far stays"));
    m_ask->setDefault(true);
    m_stop->hide();
    m_subject->setObjectName(u"similaritySubject"_s);
    m_subject->setTextFormat(Qt::PlainText);
    m_subject->setWordWrap(true);
    m_subject->setFont(sizedFont(font(), metrics::headingPx));
    m_subject->hide();
    m_text->setMinimumWidth(scaled(220));
    auto *first = new FlowLayout;
    first->setSpacing(metrics::space2);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_text, m_ask, m_file, m_endpoint, m_duplicates, m_stop})
        first->addWidget(widget);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::space4, metrics::space3, metrics::space4, metrics::space2);
    layout->setSpacing(metrics::space2);
    layout->addWidget(m_subject);
    layout->addLayout(first);
    buildOptions();
    connect(m_text, &QLineEdit::returnPressed, this, &QuestionBar::asked);
    connect(m_ask, &QPushButton::clicked, this, &QuestionBar::asked);
    connect(m_file, &QToolButton::clicked, this, &QuestionBar::fileWanted);
    connect(m_duplicates, &QPushButton::clicked, this, &QuestionBar::duplicatesWanted);
    connect(m_endpoint, &QToolButton::clicked, this, &QuestionBar::endpointWanted);
    connect(m_stop, &QPushButton::clicked, this, &QuestionBar::stopWanted);
}

void QuestionBar::buildOptions()
{
    m_within->addItem(tr("All conversations"));
    for (const auto &[title, metric] : {std::pair(tr("Cosine"), Metric::Cosine), std::pair(tr("L2"), Metric::L2), std::pair(tr("Inner product"), Metric::InnerProduct), std::pair(tr("L1"), Metric::L1)})
        m_metric->addItem(title, static_cast<int>(metric));
    m_least->setRange(0, 1);
    m_least->setSingleStep(0.01);
    m_least->setDecimals(3);
    m_least->setPrefix(tr("score ≥ "));
    m_least->setSpecialValueText(tr("any score"));
    m_least->setKeyboardTracking(false);
    m_count->setRange(1, 1000);
    m_count->setValue(25);
    m_count->setSuffix(tr(" hits"));
    m_count->setKeyboardTracking(false);
    m_where->setPlaceholderText(tr("Condition in SQL"));
    m_where->setClearButtonEnabled(true);
    m_where->setMinimumWidth(scaled(160));
    for (QComboBox *box : {m_columns, m_within})
        box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_within->setMaximumWidth(scaled(220));
    auto *row = new FlowLayout;
    row->setSpacing(metrics::space2);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_columns, m_within, m_metric, m_least, m_count, m_exact, m_where})
        row->addWidget(widget);
    static_cast<QVBoxLayout *>(layout())->addLayout(row);
    connect(m_columns, &QComboBox::activated, this, &QuestionBar::columnChanged);
    connect(m_within, &QComboBox::activated, this, &QuestionBar::changed);
    connect(m_metric, &QComboBox::activated, this, &QuestionBar::changed);
    connect(m_least, &QDoubleSpinBox::valueChanged, this, &QuestionBar::changed);
    connect(m_count, &QSpinBox::valueChanged, this, &QuestionBar::changed);
    connect(m_exact, &QCheckBox::clicked, this, &QuestionBar::changed);
    connect(m_where, &QLineEdit::editingFinished, this, [this] {
        if (m_where->isModified()) {
            m_where->setModified(false);
            emit changed();
        }
    });
}

void QuestionBar::setColumns(const std::vector<VectorColumn> &columns, bool onServer)
{
    m_columns->clear();
    for (const VectorColumn &column : columns)
        m_columns->addItem(column.name());
    m_columns->setVisible(columns.size() > 1);
    m_exact->setVisible(onServer);
    setColumn(0);
    const bool hasText = !columns.empty();
    for (QWidget *widget : std::initializer_list<QWidget *>{m_text, m_ask, m_file, m_duplicates, m_within, m_metric, m_least, m_count, m_where, m_endpoint})
        widget->setEnabled(hasText);
    if (!columns.empty())
        m_metric->setCurrentIndex(m_metric->findData(static_cast<int>(columns.front().metric)));
}

int QuestionBar::column() const
{
    return m_columns->currentIndex();
}

void QuestionBar::setColumn(int index)
{
    m_columns->setCurrentIndex(index);
}

void QuestionBar::setSubject(const QString &text)
{
    m_subject->setText(text);
    m_subject->setVisible(!text.isEmpty());
}

void QuestionBar::setConversation(const Value &group, const QString &label)
{
    const bool isSame = group == m_group;
    const bool wasWithin = m_within->currentIndex() == 1;
    m_group = group;
    while (m_within->count() > 1)
        m_within->removeItem(1);
    if (!group.isNull()) {
        const QString name = label.isEmpty() ? group.toDisplayText() : label.simplified();
        m_within->addItem(tr("Within %1").arg(name.size() > 36 ? name.left(35) + u'…' : name));
        if (isSame && wasWithin)
            m_within->setCurrentIndex(1);
    }
}

void QuestionBar::setGrouped(bool isGrouped)
{
    m_within->setVisible(isGrouped);
    if (!isGrouped)
        m_within->setCurrentIndex(0);
}

QString QuestionBar::text() const
{
    return m_text->text().trimmed();
}

void QuestionBar::setText(const QString &text)
{
    m_text->setText(text);
}

SimilarityQuestion QuestionBar::options() const
{
    SimilarityQuestion question;
    question.count = m_count->value();
    question.metric = static_cast<Metric>(m_metric->currentData().toInt());
    question.exact = m_exact->isChecked() && m_exact->isVisibleTo(this);
    question.where = m_where->text().trimmed();
    if (m_least->value() > 0)
        question.leastScore = m_least->value();
    if (m_within->currentIndex() == 1)
        question.group = m_group;
    return question;
}

double QuestionBar::leastScore() const
{
    return m_least->value();
}

void QuestionBar::setRunning(bool isRunning)
{
    m_stop->setVisible(isRunning);
    m_duplicates->setVisible(!isRunning);
}

void QuestionBar::focusText()
{
    m_text->setFocus(Qt::ShortcutFocusReason);
    m_text->selectAll();
}

QVariantMap QuestionBar::saveState() const
{
    return {{u"text"_s, m_text->text()}, {u"least"_s, m_least->value()}, {u"count"_s, m_count->value()}, {u"metric"_s, m_metric->currentIndex()}, {u"where"_s, m_where->text()}, {u"exact"_s, m_exact->isChecked()}};
}

void QuestionBar::restoreState(const QVariantMap &state)
{
    const QSignalBlocker least(m_least);
    const QSignalBlocker count(m_count);
    m_text->setText(state.value(u"text"_s).toString());
    m_least->setValue(state.value(u"least"_s).toDouble());
    m_count->setValue(state.value(u"count"_s, 25).toInt());
    if (const int metric = state.value(u"metric"_s, -1).toInt(); metric >= 0 && metric < m_metric->count())
        m_metric->setCurrentIndex(metric);
    m_where->setText(state.value(u"where"_s).toString());
    m_exact->setChecked(state.value(u"exact"_s).toBool());
}

} // namespace turnstone
